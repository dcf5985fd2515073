// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Events.Identity;
using NodeAgent.Events.Wire;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>What rules may let pass by process.</summary>
public sealed class LearnerPolicyTests : IAsyncDisposable
{
    private readonly KeptLearner _kept = new();
    private readonly ProfileLearner _learner;
    private readonly EventSource _source;

    public LearnerPolicyTests() => (_learner, _source) = (_kept.Learner, _kept.Source);

    public ValueTask DisposeAsync() => _kept.DisposeAsync();

    [Fact]
    public async Task LinksHooksAndIoUring_WhileLearning_AreAllowedToTheProcessThatDidThem()
    {
        ContainerInfo c = _source.Container();
        _source.Link(c, FileOperation.Symlink, "/tmp/a", "/etc/shadow");
        _source.Link(c, FileOperation.Link, "/tmp/b", "/etc/sudoers.d/x");
        _source.Privilege(c, PrivilegeOperation.IoUringSetup);
        _source.ExecWith(c, ["LD_AUDIT=/a.so"], "/bin/a", "/bin/a");

        Assert.Equal(["R1010 test", "R1011 test", "R1012 test", "R1030 test"], Text(await LearnedAsync()));
    }

    [Fact]
    public async Task OtherLinksFailuresAndOpens_AllowNothing()
    {
        ContainerInfo c = _source.Container();
        _source.Link(c, FileOperation.Symlink, "/etc/shadow", "/tmp/a");
        _source.Link(c, FileOperation.Rename, "/tmp/b", "/etc/shadow");
        _source.Link(c, FileOperation.Link, "/tmp/b", "/etc/shadow", error: 1);
        _source.Privilege(c, PrivilegeOperation.IoUringSetup, error: 1);
        _source.Privilege(c, PrivilegeOperation.MemfdCreate);
        _source.ExecWith(c, ["MY_LD_PRELOAD=1", "LD_DEBUG=all"], "/bin/a", "/bin/a");
        _source.Open(c, "/etc/ld.so.preload");
        _source.Open(c, "/etc/ld.so.preload", flags: 1, error: 13);

        Assert.Null(await LearnedAsync());
    }

    [Fact]
    public async Task PreloadFile_Written_IsAllowedToTheProcess()
    {
        _source.Open(_source.Container(), "/etc/ld.so.preload", flags: 1);

        Assert.Equal(["R1011 test"], Text(await LearnedAsync()));
    }

    [Fact]
    public async Task BehindLearning_AllowsNothingMore()
    {
        ContainerInfo c = _source.Container();
        _source.Open(c, "/a");
        _source.Tick(100);
        _source.Link(c, FileOperation.Symlink, "/tmp/a", "/etc/shadow");

        Assert.Null(await LearnedAsync());
    }

    [Fact]
    public async Task Restarted_KeepsThem()
    {
        _source.Link(_source.Container(), FileOperation.Symlink, "/tmp/a", "/etc/shadow");
        _source.Tick(20);
        await _learner.StopAsync(TestContext.Current.CancellationToken);

        await using ProfileLearner next = _kept.Next();
        var later = new EventSource(next) { NowNs = _source.NowNs };
        later.Open(later.Container(), "/b");
        later.Tick(100);
        Assert.Equal(["R1010 test"], Text(await LearnedAsync(next)));
    }

    [Fact]
    public void ManyProcesses_AreAnyOfTheContainer()
    {
        var set = new RulePolicySet();
        for (int i = 0; i <= RulePolicySet.MaxProcesses; i++)
        {
            Assert.True(set.Add("R1010", BitConverter.GetBytes(i)));
        }

        Assert.Null(Assert.Single(set.ToArray()).Processes);
        Assert.False(set.Add("R1010", "more"u8));
    }

    private static string[] Text(IReadOnlyDictionary<string, RulePolicy>? policies) =>
        [.. policies!.Select(policy => $"{policy.Key} {string.Join(',', policy.Value.ProcessAllowed!)}")];

    private async Task<IReadOnlyDictionary<string, RulePolicy>?> LearnedAsync(ProfileLearner? learner = null)
    {
        if (learner is null)
        {
            _source.Tick(100);
        }

        learner ??= _learner;
        await learner.StopAsync(TestContext.Current.CancellationToken);
        ProfileSnapshot? last = null;
        while (learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            last = snapshot;
        }

        return last!.Profile!.Spec!.RulePolicies;
    }
}
