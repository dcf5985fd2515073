// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.CodeAnalysis;
using System.Text;
using NodeAgent.Files;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Watching;
using NodeAgent.Interop.Platform;

namespace NodeAgent.Integrity.Baseline;

/// <summary>What the machine's watched files were like when they were looked at last. One user at a time.</summary>
internal sealed class FileBaseline(int capacity)
{
    private const int Version = 1;
    private const int MaxFileBytes = 128 << 20;
    private static readonly byte[] Magic = "NAFB"u8.ToArray();
    private readonly Dictionary<string, FileState> _files = new(StringComparer.Ordinal);

    public int Count => _files.Count;

    public bool IsFull => _files.Count >= capacity;

    /// <summary>Shape: texts of the patterns by which it was made; what others cover is not known to be new.</summary>
    public IReadOnlyList<string> Patterns { get; private set; } = [];

    /// <summary>Changed since it was written.</summary>
    public bool IsDirty { get; private set; }

    /// <summary>As they are now: it may be changed while they are gone through.</summary>
    public IReadOnlyList<KeyValuePair<string, FileState>> Files => [.. _files];

    public void Use(IReadOnlyList<string> patterns)
    {
        IsDirty |= !patterns.SequenceEqual(Patterns, StringComparer.Ordinal);
        Patterns = patterns;
    }

    public bool TryGet(string path, [NotNullWhen(true)] out FileState? state) => _files.TryGetValue(path, out state);

    /// <returns>False: it is full, and has no file of this name.</returns>
    public bool TrySet(string path, FileState state)
    {
        if (IsFull && !_files.ContainsKey(path))
        {
            return false;
        }

        IsDirty |= !_files.TryGetValue(path, out FileState? known) || known != state;
        _files[path] = state;
        return true;
    }

    public bool Remove(string path, [NotNullWhen(true)] out FileState? state)
    {
        bool wasThere = _files.Remove(path, out state);
        IsDirty |= wasThere;
        return wasThere;
    }

    /// <remarks>Errors: those of <see cref="WholeFile.Replace"/>.</remarks>
    public void Write(string path)
    {
        using var payload = new MemoryStream();
        using (var writer = new BinaryWriter(payload, Encoding.UTF8, leaveOpen: true))
        {
            writer.Write(Version);
            writer.Write(Patterns.Count);
            foreach (string pattern in Patterns)
            {
                writer.Write(pattern);
            }

            writer.Write(_files.Count);
            foreach ((string name, FileState state) in _files)
            {
                Write(writer, name, state);
            }
        }

        FramedFile.Replace(path, Magic, payload.GetBuffer().AsMemory(0, (int)payload.Length));
        IsDirty = false;
    }

    /// <returns>Why it cannot be read; null: it was read, or there is none.</returns>
    public string? Read(string path)
    {
        string? problem = FramedFile.Read(path, Magic, MaxFileBytes, TryRead);
        if (problem is not null)
        {
            _files.Clear();
            Patterns = [];
        }

        return problem;
    }

    private bool TryRead(byte[] payload)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(payload, writable: false), Encoding.UTF8);
            if (reader.ReadInt32() != Version)
            {
                return false;
            }

            var patterns = new List<string>();
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                patterns.Add(PathPattern.Parse(reader.ReadString()).Text);
            }

            Patterns = patterns;
            for (int left = reader.ReadInt32(); left > 0; left--)
            {
                string name = reader.ReadString();
                _files[name] = Read(reader);
            }

            return true;
        }
        catch (Exception e) when (e is IOException or FormatException or ArgumentException)
        {
            return false;
        }
    }

    private static void Write(BinaryWriter writer, string name, FileState state)
    {
        FileFacts facts = state.Facts;
        writer.Write(name);
        writer.Write(facts.Device);
        writer.Write(facts.Inode);
        writer.Write(facts.SizeBytes);
        writer.Write(facts.ModifiedNs);
        writer.Write(facts.ChangedNs);
        writer.Write(facts.Mode);
        writer.Write(facts.Uid);
        writer.Write(facts.Gid);
        writer.Write(facts.Links);
        WriteText(writer, state.Sha256);
        WriteText(writer, state.Target);
        WriteText(writer, state.Unread);
    }

    private static FileState Read(BinaryReader reader)
    {
        var facts = new FileFacts(
            reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadUInt64(), reader.ReadInt64(), reader.ReadInt64(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32(), reader.ReadUInt32());
        return new FileState(facts, ReadText(reader), ReadText(reader), ReadText(reader));
    }

    private static void WriteText(BinaryWriter writer, string? text)
    {
        writer.Write(text is not null);
        if (text is not null)
        {
            writer.Write(text);
        }
    }

    private static string? ReadText(BinaryReader reader) => reader.ReadBoolean() ? reader.ReadString() : null;
}
