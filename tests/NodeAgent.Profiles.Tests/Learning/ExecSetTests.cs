// SPDX-License-Identifier: Apache-2.0
using System.Text;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Tests.Laws;

namespace NodeAgent.Profiles.Tests.Learning;

public sealed class ExecSetTests
{
    private readonly LearnedBehavior _behavior = new(new ProfileBounds { MaxExecs = 100, MaxArgumentLists = 3 });

    [Fact]
    public async Task Environment_OfEachArgumentList_IsUnitedAndInTheProfile()
    {
        await using ProfileLearner learner = EventSource.Learner();
        var source = new EventSource(learner);
        ContainerInfo c = source.Container();
        source.ExecWith(c, ["LD_PRELOAD=/a.so", "PS4=+ "], "/bin/sh", "sh");
        source.ExecWith(c, ["LD_PRELOAD=/b.so"], "/bin/sh", "sh");
        source.ExecWith(c, [], "/bin/sh", "sh");
        source.ExecWith(c, ["PS4=⋯"], "/bin/sh", "sh", "-c");
        source.Exec(c, "/bin/true", "true");
        source.Tick();
        source.Tick(101);
        IReadOnlyList<ExecCalls> execs = (await Published.OnlyAsync(learner)).Spec!.Execs!;
        Assert.Equal(
            ["sh: LD_PRELOAD=/a.so LD_PRELOAD=/b.so PS4=+ ", @"sh -c: PS4=\xE2\x8B\xAF", "true: "],
            execs.Select(e => $"{string.Join(' ', e.Args!)}: {string.Join(' ', e.Envs ?? [])}"));
        Assert.Null(execs[2].Envs);
    }

    [Fact]
    public void Environment_TooManyValues_IsAnyForAll()
    {
        Add("/bin/a", "a", "HISTFILE=/h", "PS4=1");
        for (int i = 0; i < EnvironmentPool.MaxValues; i++)
        {
            Add("/bin/b", "b", $"HISTFILE=/tmp/{i}");
        }

        Assert.Equal(["/bin/a: HISTFILE=⋯ PS4=1", "/bin/b: HISTFILE=⋯"], Envs());
        Assert.False(_behavior.Execs.Add("/bin/a"u8, "a\0"u8, any: false, "HISTFILE=/another\0"u8));
        Assert.True(_behavior.Overflow > 0);
    }

    [Fact]
    public void Environment_LongerThanTheProbesCopy_IsAny()
    {
        Add("/bin/a", "a", "JAVA_TOOL_OPTIONS=" + new string('x', 1020));
        Assert.Equal(["/bin/a: JAVA_TOOL_OPTIONS=⋯"], Envs());
    }

    [Fact]
    public void Environment_OfArgumentsThatBecameAny_IsKept()
    {
        for (int i = 0; i < 5; i++)
        {
            Add("/bin/a", $"{i}", $"V={i}");
        }

        Add("/bin/a", "x", "W=1");
        Assert.Equal(["/bin/a: V=0 V=1 V=2 V=3 V=4 W=1"], Envs());
    }

    [Fact]
    public void Environment_OverTheBound_IsThatOfAll()
    {
        for (int i = 0; i < 300; i++)
        {
            Add($"/opt/x/{i}", "a", $"V={i % 3}");
        }

        Assert.All(Envs(), line => Assert.EndsWith(": V=0 V=1 V=2", line, StringComparison.Ordinal));
        Assert.InRange(_behavior.Execs.Count, 1, 100);
    }

    [Fact]
    public void Add_ManyExecutablesThatBecomeAny_ForgetsTheirArguments()
    {
        var set = new LearnedBehavior(new ProfileBounds { MaxArgumentLists = 3 });
        for (int exe = 0; exe < 1000; exe++)
        {
            for (int i = 0; i < 4; i++)
            {
                set.Execs.Add(Encoding.UTF8.GetBytes($"/bin/{exe}"), Encoding.UTF8.GetBytes($"{i}\0"), any: false);
            }
        }

        Assert.Equal(Enumerable.Range(0, 1000).Sum(exe => $"/bin/{exe}".Length), set.Execs.Bytes);
        Assert.All(Behaviors.Spec(set).Execs!, exec => Assert.Equal(["⋯⋯"], exec.Args!));
        Assert.False(set.Execs.Add("/bin/7"u8, "new\0"u8, any: false));
        Assert.True(set.Execs.Add("/bin/new"u8, "new\0"u8, any: false));
        Assert.Equal(1001, Behaviors.Spec(set).Execs!.Count);
    }

    private void Add(string exe, string argument, params string[] environment) => _behavior.Execs.Add(
        Encoding.UTF8.GetBytes(exe), Encoding.UTF8.GetBytes(argument + "\0"), any: false, [.. environment.SelectMany(v => Encoding.UTF8.GetBytes(v).Append((byte)0))]);

    private string[] Envs() => [.. Behaviors.Spec(_behavior).Execs!.Select(e => $"{e.Path}: {string.Join(' ', e.Envs ?? [])}")];
}
