// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Text;
using NodeAgent.Events.Wire;

namespace NodeAgent.Enrichment.Processes;

/// <summary>Turns the byte strings of exec records into shared strings: the same program run again allocates none.</summary>
internal sealed class ProcessTexts(int maxEntries, long maxBytes)
{
    private readonly Utf8Interner _strings = new(maxEntries, maxBytes);
    private readonly ByteCache<string[]> _argvs = new(maxEntries, maxBytes);

    public Utf8Interner Strings => _strings;

    public string Comm(in HeaderRecord header) => _strings.Intern(CommText.Bytes(in header.Comm));

    public string Text(ReadOnlySpan<byte> bytes) => _strings.Intern(bytes);

    /// <param name="argv">Shape: arguments, each ended by NUL; the last one may be cut.</param>
    public string[] Argv(ReadOnlySpan<byte> argv)
    {
        if (argv.IsEmpty)
        {
            return [];
        }

        string[]? known = _argvs.Find(argv);
        if (known is null)
        {
            known = Split(argv);
            _argvs.Add(argv, known);
        }

        return known;
    }

    private static string[] Split(ReadOnlySpan<byte> argv)
    {
        ReadOnlySpan<byte> rest = argv[^1] == 0 ? argv[..^1] : argv;
        var arguments = new string[rest.Count((byte)0) + 1];
        int index = 0;
        foreach (Range range in rest.Split((byte)0))
        {
            arguments[index++] = ByteText.Decode(rest[range]);
        }

        return arguments;
    }
}
