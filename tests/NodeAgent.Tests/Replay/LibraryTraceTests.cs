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
    private static readonly string Folder = RepositoryRoot.File("src/NodeAgent.Rules/Library/traces");

    /// <summary>Shape: <c>R0001/name</c>.</summary>
    public static TheoryData<string> Examples() => [.. Names(".natrace")];

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_Replayed_FiresWhatItSays(string name)
    {
        TraceExpectation expected = TraceExpectation.Read(File(name, ".yaml"));
        RulesOptions settings = JudgeOptions.Settings();
        settings.EnabledRules = [.. RuleLibrary.Ids];
        GivenProfiles? profiles = GivenProfiles.Read([.. expected.Profiles.Select(profile => Path.Combine(Path.GetDirectoryName(File(name, ".yaml"))!, profile))]);
        var fired = new List<RuntimeAlert>();

        ReplayResult result = await ReplayFile.RunAsync(
            File(name, ".natrace"), new ReplayOptions { Settings = settings, Profiles = profiles }, alert => fired.AddRange(alert.Spec.Alerts));

        Assert.Null(result.Damage);
        Assert.Equal(0, result.End!.Lost + result.End.NotWritten + result.Malformed);
        Assert.DoesNotContain(result.Rules, rule => rule.Errors > 0);
        Assert.All(expected.Fires, id => Assert.True(fired.Exists(alert => alert.RuleId == id), $"{id} is silent; {Told(fired)}"));
        Assert.All(expected.Silent, id => Assert.False(fired.Exists(alert => alert.RuleId == id), $"{id} fires; {Told(fired)}"));
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Files_AreWholeAndOfOneRule(string name)
    {
        TraceExpectation expected = TraceExpectation.Read(File(name, ".yaml"));
        string rule = name[..name.IndexOf('/')];

        Assert.Contains(rule, RuleLibrary.Ids);
        Assert.Contains(rule, expected.Fires.Concat(expected.Silent));
        Assert.Empty(expected.Fires.Concat(expected.Silent).Except(RuleLibrary.Ids));
        Assert.True(System.IO.File.Exists(File(name, ".sh")), $"{name} cannot be recorded anew: there is no {name}.sh");
        Assert.InRange(new FileInfo(File(name, ".natrace")).Length, 1, 64 << 10);
    }

    // An example is the same wherever it is recorded: it may name what it does, and not what lies on that machine.
    [Theory]
    [MemberData(nameof(Examples))]
    public void Example_Entries_HoldNoPathOfTheMachineThatRecorded(string name)
    {
        using var reader = new RecordingReader(System.IO.File.OpenRead(File(name, ".natrace")));

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
        Assert.Equal(["work", "builds"], TopFolders.Foreign("\0/usr/bin\0cat\0/work/x\0--file=/builds/7/x\0"u8));
        Assert.Equal(["work"], TopFolders.Foreign("a record whose text ends: /work"u8));
        Assert.Equal(["work"], TopFolders.Foreign("\0//work/x: a root, and a path behind it"u8));
        Assert.Empty(TopFolders.Foreign("\0/tmptmpfs"u8));
        Assert.Empty(TopFolders.Foreign("http://192.0.2.2/file/x ../work/x s/aa/bb/ /etc/work/x\0/x/y\0"u8));
    }

    // A script or an expectation without a recording would be an example that nobody looks at.
    [Fact]
    public void Examples_Scripts_AreAllRecorded() => Assert.Empty(Names(".sh").Concat(ExpectedNames()).Except(Names(".natrace")));

    /// <summary>Which rules have none is said, not failed: it takes a kernel that can show what they are about.</summary>
    [Fact]
    public void Library_RulesWithoutAnExample_AreListed()
    {
        string[] with = [.. Names(".natrace").Where(name => TraceExpectation.Read(File(name, ".yaml")).Fires.Contains(name[..name.IndexOf('/')])).Select(name => name[..name.IndexOf('/')])];

        TestContext.Current.TestOutputHelper?.WriteLine($"rules without a recorded example in which they fire: {string.Join(' ', RuleLibrary.Ids.Except(with))}");
        Assert.NotEmpty(with);
    }

    private static IEnumerable<string> Names(string ending) => Directory.EnumerateFiles(Folder, "*" + ending, SearchOption.AllDirectories)
        .Select(file => Path.GetRelativePath(Folder, file)[..^ending.Length])
        .Order(StringComparer.Ordinal);

    // Profiles are YAML too, and no expectations.
    private static IEnumerable<string> ExpectedNames() => Names(".yaml").Where(name => !name.EndsWith(".profile", StringComparison.Ordinal));

    private static string File(string name, string ending) => Path.Combine(Folder, name + ending);

    private static string Told(IEnumerable<RuntimeAlert> fired) =>
        "told: " + string.Join("; ", fired.Select(alert => $"{alert.RuleId} {alert.Message}"));
}
