// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>A bounded set of executables, each with the argument lists it was started with.</summary>
/// <remarks>Too many argument lists of one executable become "any arguments"; too many executables generalise like paths.</remarks>
internal sealed class ExecSet
{
    private const int LastLevel = 16;

    private readonly int _maxArguments;
    private readonly int _maxEntries;
    private readonly long _maxBytes;
    private readonly PathThresholds _thresholds;
    private int _leastEntries;
    private long _leastBytes;
    private Dictionary<byte[], Arguments> _execs = new(BytesComparer.Instance);
    private Dictionary<byte[], Arguments>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

    public ExecSet(int maxEntries, int maxArguments, long maxBytes, PathThresholds thresholds)
    {
        _maxEntries = maxEntries;
        _maxArguments = maxArguments;
        _maxBytes = maxBytes;
        _thresholds = thresholds;
        _lookup = _execs.GetAlternateLookup<ReadOnlySpan<byte>>();
    }

    public int Count => _execs.Count;

    public long Bytes { get; private set; }

    /// <summary>0 = every argument list is kept; 1 = none is; from 2 on executables are generalised like paths.</summary>
    public int Level { get; private set; }

    /// <param name="exe">Shape: path text as UTF-8.</param>
    /// <param name="argv">Shape: arguments, each ended by NUL; null = any arguments.</param>
    /// <param name="any">True: any arguments.</param>
    /// <returns>True when it told something new. Known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> exe, ReadOnlySpan<byte> argv, bool any)
    {
        bool news = false;
        if (!_lookup.TryGetValue(exe, out Arguments? arguments))
        {
            byte[] key = exe.ToArray();
            arguments = new Arguments();
            _execs.Add(key, arguments);
            Bytes += key.Length;
            news = true;
        }

        if (arguments.Any)
        {
            return news;
        }

        if (any || Level > 0)
        {
            Bytes -= arguments.MakeAny();
            news = true;
        }
        else if (arguments.Add(argv))
        {
            Bytes += argv.Length;
            Bytes -= arguments.Count > _maxArguments ? arguments.MakeAny() : 0;
            news = true;
        }

        if (news)
        {
            KeepBound();
        }

        return news;
    }

    public bool Contains(ReadOnlySpan<byte> exe) => _lookup.ContainsKey(exe);

    /// <inheritdoc cref="Add"/>
    /// <returns>True when it would tell nothing new. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> exe, ReadOnlySpan<byte> argv, bool any) =>
        _lookup.TryGetValue(exe, out Arguments? arguments) && (arguments.Any || (!any && arguments.Contains(argv)));

    /// <returns>Executables with their argument lists (null = any); the arrays are shared and never changed.</returns>
    public (byte[] Exe, byte[][]? Argvs)[] ToArray() => [.. _execs.Select(pair => (pair.Key, pair.Value.ToArray()))];

    public void Unite((byte[] Exe, byte[][]? Argvs)[] entries, int level)
    {
        while (Level < level)
        {
            Level++;
            Generalize();
        }

        foreach ((byte[] exe, byte[][]? argvs) in entries)
        {
            if (argvs is null)
            {
                Add(exe, [], any: true);
            }

            foreach (byte[] argv in argvs ?? [])
            {
                Add(exe, argv, any: false);
            }
        }
    }

    private void KeepBound()
    {
        // At the last level one path per depth is left. When even those are too many, they may double before the next try.
        while (_execs.Count > Math.Max(_maxEntries, 2 * _leastEntries) || Bytes > Math.Max(_maxBytes, 2 * _leastBytes))
        {
            if (Level > 1)
            {
                Generalize();
                if (_execs.Count <= _maxEntries / 2 && Bytes <= _maxBytes / 2)
                {
                    return;
                }

                if (Level == LastLevel)
                {
                    (_leastEntries, _leastBytes) = (_execs.Count, Bytes);
                    return;
                }
            }

            Level++;
            Generalize();
        }
    }

    private void Generalize()
    {
        if (Level == 1)
        {
            foreach (Arguments arguments in _execs.Values)
            {
                Bytes -= arguments.MakeAny();
            }

            return;
        }

        var generalizer = new PathGeneralizer(_thresholds);
        var others = new HashSet<string>(StringComparer.Ordinal); // memfd:NAME has no directory: one wildcard per segment
        foreach (string exe in _execs.Keys.Select(Encoding.UTF8.GetString))
        {
            if (exe.StartsWith('/'))
            {
                generalizer.Add(exe, 0);
            }
            else
            {
                others.Add(string.Join('/', exe.Split('/').Select(_ => PathText.Dynamic)));
            }
        }

        _execs = new Dictionary<byte[], Arguments>(BytesComparer.Instance);
        _lookup = _execs.GetAlternateLookup<ReadOnlySpan<byte>>();
        Bytes = 0;
        foreach (string path in generalizer.Collapse(Level - 2).Select(entry => entry.Path).Concat(others))
        {
            byte[] key = Encoding.UTF8.GetBytes(path);
            var arguments = new Arguments();
            arguments.MakeAny();
            _execs[key] = arguments;
            Bytes += key.Length;
        }
    }

    private sealed class Arguments
    {
        private HashSet<byte[]>? _lists = new(BytesComparer.Instance);
        private HashSet<byte[]>.AlternateLookup<ReadOnlySpan<byte>> _lookup;

        public Arguments() => _lookup = _lists!.GetAlternateLookup<ReadOnlySpan<byte>>();

        public bool Any => _lists is null;

        public int Count => _lists?.Count ?? 0;

        public bool Contains(ReadOnlySpan<byte> argv) => _lookup.Contains(argv);

        public bool Add(ReadOnlySpan<byte> argv) => _lookup.Add(argv);

        /// <returns>The bytes that this freed.</returns>
        public long MakeAny()
        {
            long freed = _lists?.Sum(list => (long)list.Length) ?? 0;
            _lists = null;
            _lookup = default;
            return freed;
        }

        public byte[][]? ToArray() => _lists is null ? null : [.. _lists];
    }
}
