// SPDX-License-Identifier: Apache-2.0
using System.Buffers.Binary;
using System.Text;
using NodeAgent.Profiles.Generalizing;

namespace NodeAgent.Profiles.Learning;

/// <summary>A bounded set of executables, each with the argument lists it was started with and their environments.</summary>
/// <remarks>Too many argument lists of one executable become "any arguments"; too many executables generalise like paths.</remarks>
internal sealed class ExecSet(int maxEntries, int maxArguments, long maxBytes, Func<PathRules> rules)
{
    private const int LastLevel = 16;
    private const int StackText = 512;

    private readonly EnvironmentPool _environments = new();
    private int _leastEntries;
    private long _leastBytes;
    private long _listBytes;
    private int _deadLists;
    private ByteTable<Executable> _execs = new();
    private ByteTable<int> _lists = new(); // text: the executable's place (i32), then the arguments; value: unused
    private PlacedEnvironments _ofExecs = new();
    private PlacedEnvironments _ofLists = new();
    private EnvironmentSet _ofAll = EnvironmentSet.Empty; // from level 2 on, when programs are not told apart

    public int Count => _execs.Count;

    /// <summary>Units: bytes of text.</summary>
    public long Bytes => _execs.Bytes + _listBytes;

    /// <summary>0 = every argument list is kept; 1 = none is; from 2 on executables are generalised like paths.</summary>
    public int Level { get; private set; }

    /// <summary>How much the bounds cost: 0 = nothing.</summary>
    public long Overflow => Level + _environments.AnyCount + _environments.Dropped;

    /// <param name="exe">Shape: path text as UTF-8.</param>
    /// <param name="argv">Shape: arguments, each ended by NUL.</param>
    /// <param name="any">True: any arguments.</param>
    /// <param name="environment">Shape: <c>NAME=VALUE</c>, or <c>NAME</c> for any value, each ended by NUL.</param>
    /// <returns>True when it told something new. Known: no allocation.</returns>
    public bool Add(ReadOnlySpan<byte> exe, ReadOnlySpan<byte> argv, bool any, ReadOnlySpan<byte> environment = default)
    {
        int index = _execs.IndexOf(exe);
        bool news = index < 0;
        if (news)
        {
            index = _execs.Add(exe, default);
        }

        ref Executable executable = ref _execs.ValueAt(index);
        if (!executable.IsAny && (any || Level > 0))
        {
            MakeAny(index);
            news = true;
        }

        int list = -1;
        if (!executable.IsAny)
        {
            news |= AddList(index, argv, out list);
        }

        if (!environment.IsEmpty)
        {
            news |= Level > 1 ? AddEnvironment(ref _ofAll, environment) : list >= 0 ? AddEnvironment(_ofLists, list, environment) : AddEnvironment(_ofExecs, index, environment);
        }

        if (news)
        {
            KeepBound();
        }

        return news;
    }

    /// <returns>True when it was executed, with whichever arguments. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> exe) => _execs.IndexOf(exe) >= 0;

    /// <inheritdoc cref="Add"/>
    /// <returns>True when it would tell nothing new, but for the environment. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> exe, ReadOnlySpan<byte> argv, bool any) =>
        _execs.IndexOf(exe) is >= 0 and int exec && (_execs.ValueAt(exec).IsAny || (!any && IndexOfList(exec, argv) >= 0));

    /// <returns>What is there as it is now.</returns>
    public ExecList Capture() => new(_execs.Capture(), _lists.Capture(), _ofExecs.Capture(), _ofLists.Capture(), Level > 1 ? _ofAll : null);

    public void Unite(IReadOnlyList<LearnedExec> entries, int level)
    {
        while (Level < Math.Min(level, LastLevel))
        {
            Level++;
            Generalize();
        }

        foreach (LearnedExec exec in entries)
        {
            if (exec.Argvs is null)
            {
                Add(exec.Exe, [], any: true, Joined(exec.EnvironmentOf(0)));
            }

            for (int i = 0; i < exec.Argvs?.Length; i++)
            {
                Add(exec.Exe, exec.Argvs[i], any: false, Joined(exec.EnvironmentOf(i)));
            }
        }
    }

    private static byte[] Joined(EnvironmentSet environment) => [.. environment.Variables.SelectMany(variable => variable.Append((byte)0))];

    private int IndexOfList(int exec, ReadOnlySpan<byte> argv)
    {
        int size = sizeof(int) + argv.Length;
        return _lists.IndexOf(ListText(exec, argv, size <= StackText ? stackalloc byte[StackText] : new byte[size]));
    }

    private static ReadOnlySpan<byte> ListText(int exec, ReadOnlySpan<byte> argv, Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, exec);
        argv.CopyTo(buffer[sizeof(int)..]);
        return buffer[..(sizeof(int) + argv.Length)];
    }

    private bool AddList(int exec, ReadOnlySpan<byte> argv, out int list)
    {
        list = IndexOfList(exec, argv);
        if (list >= 0)
        {
            return false;
        }

        list = _lists.Add(ListText(exec, argv, new byte[sizeof(int) + argv.Length]), 0);
        ref Executable executable = ref _execs.ValueAt(exec);
        executable.Lists++;
        executable.ListBytes += argv.Length;
        _listBytes += argv.Length;
        if (executable.Lists > maxArguments)
        {
            MakeAny(exec);
            list = -1;
        }

        return true;
    }

    // The argument lists stay where they are, dead, until there are many of them.
    private void MakeAny(int exec)
    {
        ref Executable executable = ref _execs.ValueAt(exec);
        int lists = executable.Lists;
        _listBytes -= executable.ListBytes;
        executable = new Executable { IsAny = true };
        if (lists == 0)
        {
            return;
        }

        for (int i = 0; i < _lists.Count && !_ofLists.IsEmpty; i++)
        {
            if (ExecOf(i) == exec && _ofLists[i] is { } environment)
            {
                AddEnvironment(_ofExecs, exec, Joined(environment));
            }
        }

        _deadLists += lists;
        if (_deadLists > 16 + (_lists.Count / 2))
        {
            Compact();
        }
    }

    private void MakeAllAny()
    {
        for (int i = 0; i < _lists.Count; i++)
        {
            if (_ofLists[i] is { } environment && !_execs.ValueAt(ExecOf(i)).IsAny)
            {
                AddEnvironment(_ofExecs, ExecOf(i), Joined(environment));
            }
        }

        for (int i = 0; i < _execs.Count; i++)
        {
            _execs.ValueAt(i) = new Executable { IsAny = true };
        }

        (_lists, _ofLists, _listBytes, _deadLists) = (new ByteTable<int>(), new PlacedEnvironments(), 0, 0);
    }

    private void Compact()
    {
        (ByteTable<int> lists, PlacedEnvironments environments) = (_lists, _ofLists);
        (_lists, _ofLists, _deadLists) = (new ByteTable<int>(), new PlacedEnvironments(), 0);
        for (int i = 0; i < lists.Count; i++)
        {
            if (!_execs.ValueAt(BinaryPrimitives.ReadInt32LittleEndian(lists.TextAt(i))).IsAny)
            {
                _ofLists[_lists.Add(lists.TextAt(i), 0)] = environments[i];
            }
        }
    }

    private int ExecOf(int list) => BinaryPrimitives.ReadInt32LittleEndian(_lists.TextAt(list));

    private bool AddEnvironment(PlacedEnvironments sets, int place, ReadOnlySpan<byte> environment)
    {
        EnvironmentSet set = sets[place] ?? EnvironmentSet.Empty;
        bool news = AddEnvironment(ref set, environment);
        if (news)
        {
            sets[place] = set;
        }

        return news;
    }

    private bool AddEnvironment(ref EnvironmentSet set, ReadOnlySpan<byte> environment)
    {
        EnvironmentSet united = _environments.Unite(set, environment, out bool widened);
        bool news = !united.Equals(set);
        set = united;
        if (widened)
        {
            _ofExecs.Widen(_environments);
            _ofLists.Widen(_environments);
            _ofAll = _environments.Widen(_ofAll);
        }

        return news;
    }

    private void KeepBound()
    {
        // At the last level one path per depth is left. When even those are too many, they may double before the next try.
        while (_execs.Count > Math.Max(maxEntries, 2 * _leastEntries) || Bytes > Math.Max(maxBytes, 2 * _leastBytes))
        {
            if (Level > 1)
            {
                Generalize();
                if (_execs.Count <= maxEntries / 2 && Bytes <= maxBytes / 2)
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
        MakeAllAny();
        if (Level == 1)
        {
            return;
        }

        foreach (EnvironmentSet environment in _ofExecs.All)
        {
            AddEnvironment(ref _ofAll, Joined(environment));
        }

        ByteTable<Executable> execs = _execs;
        (_execs, _ofExecs) = (new ByteTable<Executable>(), new PlacedEnvironments());
        foreach (string path in Generalized(execs))
        {
            _execs.Add(Encoding.UTF8.GetBytes(path), new Executable { IsAny = true });
        }
    }

    private IEnumerable<string> Generalized(ByteTable<Executable> execs)
    {
        var generalizer = new PathGeneralizer<uint>(rules());
        var others = new HashSet<string>(StringComparer.Ordinal); // memfd:NAME has no directory: one wildcard per segment
        for (int i = 0; i < execs.Count; i++)
        {
            string exe = Encoding.UTF8.GetString(execs.TextAt(i));
            if (exe.StartsWith('/'))
            {
                generalizer.Add(exe, 0);
            }
            else
            {
                others.Add(string.Join('/', exe.Split('/').Select(_ => PathText.Dynamic)));
            }
        }

        return generalizer.Collapse(Level - 2).Select(entry => entry.Path).Concat(others).Distinct(StringComparer.Ordinal);
    }

    internal struct Executable
    {
        public int Lists;
        public int ListBytes;
        public bool IsAny;
    }
}
