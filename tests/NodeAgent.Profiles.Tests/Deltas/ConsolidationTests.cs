// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Meta;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Merging;
using NodeAgent.Profiles.Tests.Merging;

namespace NodeAgent.Profiles.Tests.Deltas;

public sealed class ConsolidationTests
{
    private readonly ManualClock _clock = new();
    private readonly Receiver _storage = new();

    [Fact]
    public void Apply_CompleteProfile_IsNotTouchedByAnotherSeries()
    {
        Node first = New("one", 1);
        first.Complete();
        Send(first);
        ContainerProfile complete = _storage.Stored!;

        ConsolidationResult later = _storage.Take(New("two", 2).Next(1 << 20)!.Chunk(0));

        Assert.Equal((ConsolidationOutcome.Final, false), (later.Outcome, later.IsMissing));
        Assert.Same(complete, _storage.Stored);
    }

    [Fact]
    public void Apply_PartialProfile_IsCompletedByAWholeSeries()
    {
        var late = new Node("one", new Random(1), _clock) { Reason = "started-late" };
        late.Complete();
        Send(late);
        Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Partial, "started-late"), _storage.Says);

        Node whole = New("two", 2);
        Send(whole);
        Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Partial, "started-late"), _storage.Says); // not back to learning
        whole.Complete();
        Send(whole);

        Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Complete, ""), _storage.Says);
        Assert.Equal(Specs.Text(ProfileUnion.Of([late.Known, whole.Known], Specs.Tight)), Specs.Text(_storage.Stored!.Spec!));
    }

    [Fact]
    public void Apply_WindowsOfLosses_AreUnitedAndGoWithTheReason()
    {
        var one = new Node("one", new Random(1), _clock) { Reason = "events-lost", Window = "2026-11-21T10:00:00.000Z/2026-11-21T10:00:01.000Z" };
        Send(one);
        one.Window = "2026-11-21T10:00:00.000Z/2026-11-21T11:00:00.000Z"; // nothing else is new
        Send(one);
        Send(new Node("two", new Random(2), _clock) { Reason = "events-lost", Window = "2026-11-21T09:00:00.000Z/2026-11-21T09:30:00.000Z" });
        Assert.Equal("2026-11-21T09:00:00.000Z/2026-11-21T11:00:00.000Z", _storage.Annotation(KubescapeAnnotations.PartialWindow));

        var hostile = new Node("three", new Random(3), _clock) { Reason = "events-lost", Window = "yesterday" };
        Send(hostile);
        Assert.Equal("2026-11-21T09:00:00.000Z/2026-11-21T11:00:00.000Z", _storage.Annotation(KubescapeAnnotations.PartialWindow));

        var whole = new Node("four", new Random(4), _clock);
        whole.Complete();
        Send(whole);
        Assert.Equal(
            _storage.Says.Reason.Length == 0 ? string.Empty : "2026-11-21T09:00:00.000Z/2026-11-21T11:00:00.000Z", _storage.Annotation(KubescapeAnnotations.PartialWindow));
    }

    [Fact]
    public void Apply_RestartedAgent_ClosesTheGapsOfItsFormerSeries()
    {
        Node node = New("one", 1);
        Send(node);
        node.Learn();
        node.Series.Acknowledge(node.Next(1 << 20)!); // lost
        node.Learn();
        Send(node);
        Assert.Equal(ProfileStatement.DeltaMissing, _storage.Says.Reason);

        node.Restart();
        node.Complete();
        Send(node);

        Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Complete, ""), _storage.Says);
    }

    [Fact]
    public void Apply_DeletedProfile_AsksForEverything()
    {
        Node node = New("one", 1);
        Send(node);
        _storage.Stored = null;
        node.Learn();

        Assert.True(Send(node).IsMissing);
        Assert.Equal(ProfileStatement.DeltaMissing, _storage.Says.Reason);
        node.Series.StartOver();
        Assert.False(Send(node).IsMissing);
        Assert.Equal((ProfileStatus.Ready, ProfileCompletion.Complete, ""), _storage.Says);
    }

    [Fact]
    public void Apply_UsersProfile_IsNeverTouched()
    {
        foreach (Dictionary<string, string> annotations in (Dictionary<string, string>[])[
            new() { [KubescapeAnnotations.ManagedBy] = KubescapeAnnotations.ManagedByUser, [KubescapeAnnotations.Status] = ProfileStatus.Completed }, []])
        {
            var users = new ContainerProfile { Metadata = new ObjectMeta { Name = Node.Profile, Annotations = annotations }, Spec = new ContainerProfileSpec() };
            _storage.Stored = users;
            Assert.Equal(ConsolidationOutcome.UsersOwn, _storage.Take(New("one", 1).Next(1 << 20)!.Chunk(0)).Outcome);
            Assert.Same(users, _storage.Stored);
        }
    }

    [Fact]
    public void Apply_ProfileSentWholeByAnOlderAgent_IsUnitedWith()
    {
        Node old = new Node("one", new Random(3), _clock) { Reason = "events-lost" };
        _storage.Stored = old.Newest();
        Node node = New("two", 2);
        Send(node);

        Assert.Equal(Specs.Text(ProfileUnion.Of([old.Known, node.Known], Specs.Tight)), Specs.Text(_storage.Stored.Spec!));
        Assert.Equal((ProfileStatus.Ready, ProfileCompletion.Partial, "events-lost"), _storage.Says);
    }

    [Fact]
    public void Apply_ProfileEditedByHand_IsMadeNormalAgain()
    {
        Node node = New("one", 1);
        Send(node);
        ContainerProfile edited = _storage.Stored! with
        {
            Metadata = _storage.Stored.Metadata with { Generation = _storage.Stored.Metadata.Generation + 1 },
            Spec = _storage.Stored.Spec! with { Opens = [.. Enumerable.Range(0, 30).Select(i => new OpenCalls { Path = $"/z/{30 - i}" }), .. _storage.Stored.Spec.Opens!] },
        };
        _storage.Stored = edited;
        node.Learn();
        Send(node);

        Assert.Equal(Specs.Text(ProfileUnion.Of([edited.Spec, node.Known], Specs.Tight)), Specs.Text(_storage.Stored.Spec!));
    }

    [Fact]
    public void Record_MoreSeriesThanThereIsRoomFor_ForgetsWhatTheySaidLast()
    {
        Ledger ledger = Ledger.Empty;
        for (int i = 0; i < 2000; i++)
        {
            ledger = ledger.Record(new ChunkHeader("p", "w", Guid.NewGuid().ToString(), $"node-{i}", i, 1, 0, 1, 1, ProfileStatus.Completed, false, ["started-late"]));
        }

        Assert.InRange(ledger.ToText().Length, Ledger.MaxTextBytes / 2, Ledger.MaxTextBytes);
        Assert.Equal(("completed", "started-late"), (ledger.State().Status, string.Join(',', ledger.State().Reasons)));
        Assert.True(Ledger.TryParse(ledger.ToText(), out Ledger read));
        Assert.Equal(ledger.ToText(), read.ToText());
    }

    private Node New(string name, int seed) => new(name, new Random(seed), _clock);

    private ConsolidationResult Send(Node node)
    {
        Delta delta = node.Next(1 << 20)!;
        node.Series.Acknowledge(delta);
        return Enumerable.Range(0, delta.Parts).Select(part => _storage.Take(delta.Chunk(part))).Last();
    }
}
