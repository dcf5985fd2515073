// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Cli;
using NodeAgent.Recording.Format;
using NodeAgent.Replay;
using NodeAgent.Rules;
using NodeAgent.Rules.Library;

namespace NodeAgent.Tests.Replay;

/// <summary>Each example of the rule library, as it was recorded from real processes, judged by the library.</summary>
public sealed class LibraryTraceTests
{
    private static readonly string Folder = LibraryExamples.Folder;

    /// <summary>Shape: <c>R0001/name</c>.</summary>
    public static TheoryData<string> Examples() => [.. LibraryExamples.Names];

    public static TheoryData<string> Recordings() => [.. LibraryExamples.Files(".natrace")];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_Replayed_FiresWhatItSays(string name)
    {
        TraceExpectation expected = LibraryExamples.Read(name);
        RulesOptions settings = JudgeOptions.Settings();
        settings.EnabledRules = [.. RuleLibrary.Ids];
        GivenProfiles? profiles = GivenProfiles.Read([.. expected.Profiles]);
        var fired = new List<RuntimeAlert>();

        ReplayResult result = await ReplayFile.RunAsync(
            expected.Recording, new ReplayOptions { Settings = settings, Profiles = profiles }, alert => fired.AddRange(alert.Spec.Alerts));

        Assert.Null(result.Damage);
        Assert.Equal(0, result.End!.Lost + result.End.NotWritten + result.Malformed);
        Assert.DoesNotContain(result.Rules, rule => rule.Errors > 0);
        string[] silent = [.. expected.Fires.Where(id => !fired.Exists(alert => alert.RuleId == id))];
        string[] loud = [.. expected.Silent.Where(id => fired.Exists(alert => alert.RuleId == id))];
        Assert.True(silent.Length + loud.Length == 0, $"silent: {string.Join(' ', silent)}; not silent: {string.Join(' ', loud)}; {Told(fired)}");
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Files_AreWholeAndOfOneRule(string name)
    {
        TraceExpectation expected = LibraryExamples.Read(name);
        string rule = name[..name.IndexOf('/')];

        Assert.Contains(rule, RuleLibrary.Ids);
        Assert.Contains(rule, expected.Fires.Concat(expected.Silent));
        Assert.Empty(expected.Fires.Concat(expected.Silent).Except(RuleLibrary.Ids));
        Assert.Empty(expected.Fires.Intersect(expected.Silent));
        Assert.True(File.Exists(expected.Recording), $"{name}: there is no {expected.Recording}");
        Assert.All(expected.Profiles, profile => Assert.True(File.Exists(profile), $"{name}: there is no {profile}"));
    }

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Recording_Files_AreSmallAndCanBeMadeAnew(string name)
    {
        Assert.True(File.Exists(Path.Combine(Folder, name + ".sh")), $"{name} cannot be recorded anew: there is no {name}.sh");
        Assert.InRange(new FileInfo(Path.Combine(Folder, name + ".natrace")).Length, 1, 64 << 10);
    }

    // An example is the same wherever it is recorded: it may name what it does, and not what lies on that machine.
    [Theory]
    [MemberData(nameof(Recordings))]
    public void Recording_Entries_HoldNoPathOfTheMachineThatRecorded(string name)
    {
        using var reader = new RecordingReader(File.OpenRead(Path.Combine(Folder, name + ".natrace")));

        Assert.Equal(("node-a", "node-a", "node-a"), (reader.Header.Node, reader.Header.Host, reader.Header.Cluster));
        while (reader.TryRead(out EntryType type, out ReadOnlySpan<byte> entry))
        {
            string foreign = string.Join(' ', TopFolders.Foreign(entry).Select(folder => "/" + folder));
            Assert.True(foreign.Length == 0, $"entry {reader.Entries}, a {type}, names {foreign}");
        }
    }

    [Fact]
    public void TopFolders_OfEntries_AreFoundWhereverTheyStand()
    {
        Assert.Equal(["data", "builds"], TopFolders.Foreign("\0/usr/bin\0cat\0/data/x\0--file=/builds/7/x\0"u8));
        Assert.Equal(["builds"], TopFolders.Foreign("a record whose text ends: /builds"u8));
        Assert.Equal(["builds"], TopFolders.Foreign("\0//builds/x: a root, and a path behind it"u8));
        Assert.Empty(TopFolders.Foreign("\0/tmptmpfs"u8));
        Assert.Empty(TopFolders.Foreign("http://192.0.2.2/file/x ../builds/x s/aa/bb/ /etc/builds/x\0/x/y\0"u8));
    }

    // A script or a recording without an expectation would be an example that nobody looks at.
    [Fact]
    public void Examples_Files_AreAllJudged()
    {
        Assert.Empty(LibraryExamples.Files(".sh").Except(LibraryExamples.Files(".natrace")));
        Assert.Empty(LibraryExamples.Files(".natrace").Select(name => Path.Combine(Folder, name + ".natrace")).Except(LibraryExamples.All.Select(example => example.Recording)));
        Assert.Empty(Directory.EnumerateFiles(Folder, "*.profile.yaml", SearchOption.AllDirectories).Except(LibraryExamples.All.SelectMany(example => example.Profiles)));
    }

    [Fact]
    public void Library_EachRule_HasARecordingInWhichItFiresOrAReasonWhyNot()
    {
        string[] shown = [.. LibraryExamples.All.SelectMany(example => example.Fires).Distinct()];
        IReadOnlyDictionary<string, string> reasons = LibraryExamples.NotShowable();

        Assert.Empty(RuleLibrary.Ids.Except(shown).Except(reasons.Keys));
        Assert.Empty(reasons.Keys.Intersect(shown)); // what can be shown needs no excuse
        Assert.Empty(reasons.Keys.Except(RuleLibrary.Ids));
        Assert.All(reasons.Values, reason => Assert.True(reason.Length > 20, reason));
    }

    [Fact]
    public void Library_TableOfRules_SaysWhichHaveARecording()
    {
        Assert.Equal(Told(example => example.Fires), LibraryExamples.TableRows("trace"));
        Assert.Equal(Told(example => example.Silent), LibraryExamples.TableRows("quiet"));
    }

    // The ordinary workload says less than an example of a rule's own.
    private static IEnumerable<string> Told(Func<TraceExpectation, IEnumerable<string>> rules) => LibraryExamples.Names.Where(name => name != LibraryExamples.Ordinary)
        .SelectMany(name => rules(LibraryExamples.Read(name))).Distinct().Order(StringComparer.Ordinal);

    private static string Told(IEnumerable<RuntimeAlert> fired) =>
        "told: " + string.Join("; ", fired.Select(alert => $"{alert.RuleId} {alert.Message}"));
}
