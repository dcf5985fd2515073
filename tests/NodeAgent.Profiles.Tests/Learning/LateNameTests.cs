// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Matching;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Profiles.Tests.Learning;

/// <summary>Containers that begin, or end, before anybody was able to say whose they are.</summary>
public sealed class LateNameTests : IAsyncDisposable
{
    private readonly ProfileLearner _learner = EventSource.Learner(new ProfileOptions { InitialDelay = TimeSpan.Zero, UpdateInterval = TimeSpan.FromSeconds(1), HostName = "node-1" });
    private readonly EventSource _source;

    public LateNameTests() => _source = new EventSource(_learner);

    public ValueTask DisposeAsync() => _learner.DisposeAsync();

    [Fact]
    public async Task Name_AfterTheEnd_GetsWhatWasLearned()
    {
        (ContainerInfo container, ContainerIdentity named) = Ended();
        _source.Tick(1);
        container.Identity = named;
        _source.Tick(1);

        ProfileSnapshot[] told = await Told();
        ProfileSnapshot one = Assert.Single(told, snapshot => snapshot.Profile is not null);
        Assert.Contains("-nginx-", one.Profile!.Metadata.Name, StringComparison.Ordinal);
        Assert.Equal("completed", one.Profile.Metadata.Annotations!["kubescape.io/status"]);
        Assert.Equal(["/short"], one.Profile.Spec!.Opens!.Select(open => open.Path));
    }

    [Fact]
    public async Task Name_ThatNobodyTells_DoesNotKeepTheProfileOpen()
    {
        (ContainerInfo container, _) = Ended();
        _source.Tick(1);
        Assert.True(_learner.TryGetProfile(container, out ProfileState? open) && open.Status == "initializing");
        _source.Tick(5);
        Assert.False(_learner.TryGetProfile(container, out _));

        ProfileSnapshot one = Assert.Single(await Told(), snapshot => snapshot.Profile is not null);
        Assert.Equal("completed", one.Profile!.Metadata.Annotations!["kubescape.io/status"]);
    }

    [Fact]
    public void Name_ThatTheRuntimeDoesNotTell_HoldsUpTheProfileForFiveSeconds()
    {
        (ContainerInfo container, _) = Begun();
        _source.Tick(4);
        Assert.True(_learner.TryGetProfile(container, out ProfileState? waits) && waits.Status == "initializing");
        _source.Tick(2);
        Assert.True(_learner.TryGetProfile(container, out ProfileState? ready) && ready.Status == "ready");
    }

    [Fact]
    public void Name_OnceTold_MakesTheProfileReady()
    {
        (ContainerInfo container, ContainerIdentity named) = Begun();
        _source.Tick(1);
        container.Identity = named;
        _source.Open(container, "/later");
        _source.Tick(1);
        Assert.True(_learner.TryGetProfile(container, out ProfileState? ready) && ready.Status == "ready" && ready.Name.Contains("-nginx-", StringComparison.Ordinal));
    }

    private (ContainerInfo Container, ContainerIdentity Named) Begun()
    {
        ContainerInfo container = _source.Container();
        ContainerIdentity named = container.Identity with { PodUid = "uid", Source = IdentitySource.ApiServer };
        container.Identity = new ContainerIdentity { Kind = UnitKind.Container, ContainerId = "nginx-id", ContainerName = "0123456789ab", PodUid = "uid" };
        _source.Open(container, "/short");
        return (container, named);
    }

    private (ContainerInfo Container, ContainerIdentity Named) Ended()
    {
        (ContainerInfo container, ContainerIdentity named) = Begun();
        container.RemovedNs = _source.NowNs;
        return (container, named);
    }

    // What the sweep has handed over comes from the worker's own task.
    private async Task<ProfileSnapshot[]> Told()
    {
        await _learner.StopAsync(TestContext.Current.CancellationToken);
        var told = new List<ProfileSnapshot>();
        while (_learner.Snapshots.TryRead(out ProfileSnapshot? snapshot))
        {
            told.Add(snapshot);
        }

        return [.. told];
    }
}
