// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;

namespace NodeAgent.HostScan.Sensors.Linux.Platform.Rpm;

/// <summary>Counts the rows of tables in a file of SQLite. Source: sqlite.org/fileformat2.html.</summary>
/// <remarks>
/// The file is the host's and the agent is privileged: a schema could make any query of a database engine run for ever, so pages are read as what they are, each once. Errors:
/// <see cref="FormatException"/>.
/// </remarks>
internal sealed class SqliteFile
{
    private const int HeaderBytes = 100;
    private const byte InteriorTable = 5;
    private const byte LeafTable = 13;
    private const int MaxDepth = 30;

    private readonly PagedFile _file;
    private readonly int _pageBytes;
    private readonly int _usableBytes;

    public SqliteFile(PagedFile file)
    {
        Span<byte> header = stackalloc byte[HeaderBytes];
        file.Read(0, header);
        int pageBytes = BinaryPrimitives.ReadUInt16BigEndian(header[16..]) is 1 ? 65_536 : BinaryPrimitives.ReadUInt16BigEndian(header[16..]);
        if (!header.StartsWith("SQLite format 3\0"u8) || pageBytes < 512 || !int.IsPow2(pageBytes) || pageBytes - header[20] < 480)
        {
            throw Bad();
        }

        (_file, _pageBytes, _usableBytes) = (file, pageBytes, pageBytes - header[20]);
    }

    /// <param name="table">Shape: name of a table.</param>
    public int Count(string table)
    {
        int rows = 0;
        Walk(RootOf(table), (page, head) => rows = checked(rows + CellsOf(page, head)));
        return rows;
    }

    /// <param name="column">Called with the first column of each row, where that is a blob.</param>
    public void Visit(string table, Action<ReadOnlySpan<byte>> column)
    {
        VisitRows(RootOf(table), row =>
        {
            if (Column(row, 0) is { IsEmpty: false } value)
            {
                column(value);
            }
        });
    }

    // Of the schema's rows: type, name, tbl_name, rootpage, sql.
    private uint RootOf(string table)
    {
        byte[] name = Encoding.UTF8.GetBytes(table);
        uint root = 0;
        VisitRows(1, row =>
        {
            if (Column(row, 0).SequenceEqual("table"u8) && Column(row, 1).SequenceEqual(name))
            {
                foreach (byte part in Column(row, 3))
                {
                    root = (root << 8) | part;
                }
            }
        });
        return root > 1 ? root : throw new FormatException($"has no table {table}");
    }

    private void VisitRows(uint root, RowReader read) => Walk(root, (page, head) =>
    {
        for (int cell = 0; cell < CellsOf(page, head); cell++)
        {
            ReadOnlySpan<byte> row = page[CellAt(page, head + 8, cell)..];
            long length = Number(ref row);
            Number(ref row);

            // The rest of a long row is on other pages; nothing that is asked for is.
            read(row[..(int)Math.Min(row.Length, Local(length))]);
        }
    });

    private void Walk(uint root, PageReader leaf) => Walk(root, leaf, [], 0);

    private void Walk(uint number, PageReader leaf, HashSet<uint> seen, int depth)
    {
        if (number == 0 || depth > MaxDepth || !seen.Add(number))
        {
            throw Bad();
        }

        byte[] page = new byte[_pageBytes];
        _file.Read((long)(number - 1) * _pageBytes, page);
        int head = number == 1 ? HeaderBytes : 0;
        switch (page[head])
        {
            case LeafTable:
                leaf(page, head);
                break;
            case InteriorTable:
                for (int cell = 0; cell < CellsOf(page, head); cell++)
                {
                    Walk(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(CellAt(page, head + 12, cell))), leaf, seen, depth + 1);
                }

                Walk(BinaryPrimitives.ReadUInt32BigEndian(page.AsSpan(head + 8)), leaf, seen, depth + 1);
                break;
            default:
                throw Bad();
        }
    }

    private int CellsOf(ReadOnlySpan<byte> page, int head)
    {
        int cells = BinaryPrimitives.ReadUInt16BigEndian(page[(head + 3)..]);
        return head + 12 + (cells * 2) <= _pageBytes ? cells : throw Bad();
    }

    private int CellAt(ReadOnlySpan<byte> page, int cells, int cell)
    {
        int at = BinaryPrimitives.ReadUInt16BigEndian(page[(cells + (cell * 2))..]);
        return at >= cells && at <= _usableBytes - 4 ? at : throw Bad();
    }

    private long Local(long length)
    {
        int most = _usableBytes - 35;
        if (length <= most)
        {
            return Math.Max(length, 0);
        }

        int least = ((_usableBytes - 12) * 32 / 255) - 23;
        long kept = least + ((length - least) % (_usableBytes - 4));
        return kept <= most ? kept : least;
    }

    /// <returns>The bytes of a column; empty when it is no text, blob or whole number, or on another page.</returns>
    private static ReadOnlySpan<byte> Column(ReadOnlySpan<byte> row, int index)
    {
        ReadOnlySpan<byte> types = row;
        long headerLength = Number(ref types);
        long at = headerLength;
        ReadOnlySpan<byte> header = row[(row.Length - types.Length)..(int)Math.Clamp(headerLength, row.Length - types.Length, row.Length)];
        while (!header.IsEmpty && at <= row.Length)
        {
            long type = Number(ref header);
            long length = type switch { < 0 or 10 or 11 => throw Bad(), <= 4 => type, 5 => 6, 6 or 7 => 8, 8 or 9 => 0, _ => (type - 12) / 2 };
            if (index-- == 0)
            {
                return length <= row.Length - at ? row.Slice((int)at, (int)length) : [];
            }

            at += length;
        }

        return [];
    }

    // Seven bits each, the most significant first; the ninth byte has eight.
    private static long Number(ref ReadOnlySpan<byte> from)
    {
        long number = 0;
        for (int at = 0; at < 9; at++)
        {
            if (at == from.Length)
            {
                throw Bad();
            }

            byte part = from[at];
            number = at == 8 ? (number << 8) | part : (number << 7) | (uint)(part & 0x7f);
            if (at == 8 || part < 0x80)
            {
                from = from[(at + 1)..];
                return number;
            }
        }

        throw Bad();
    }

    private static FormatException Bad() => new("is no sound database");

    private delegate void PageReader(ReadOnlySpan<byte> page, int head);

    private delegate void RowReader(ReadOnlySpan<byte> row);
}
