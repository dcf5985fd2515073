// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Profiles.Deltas;
using NodeAgent.Profiles.Merging;
using NodeAgent.Profiles.Tests.Merging;

namespace NodeAgent.Profiles.Tests.Deltas;

/// <summary>Whatever happens to chunks on their way, the profile is what was learned, or says that it is not.</summary>
public sealed class DeliveryLawTests
{
    private const int Cases = 1000;

    [Fact]
    public void Chunks_ThatArriveAtLast_MakeTheSameProfile() => Specs.ForSeeds(Cases, random =>
    {
        var clock = new ManualClock();
        var storage = new Receiver();
        Node[] nodes = [.. Enumerable.Range(0, random.Next(1, 3)).Select(i => new Node($"node-{i}", random, clock))];
        var late = new List<ContainerProfile>();
        for (int round = random.Next(1, 6); round > 0; round--)
        {
            foreach (Node node in nodes)
            {
                node.Learn();
                if (random.Next(6) == 0)
                {
                    node.Restart();
                }

                Tell(node, storage, random, late, mayGiveUp: true);
            }
        }

        foreach (Node node in nodes)
        {
            while (Tell(node, storage, random, late, mayGiveUp: false))
            {
                // Until nothing is left to tell.
            }
        }

        string expected = Specs.Text(ProfileUnion.Of([.. nodes.Select(node => node.Known)], Specs.Tight));
        Assert.Equal(expected, Specs.Text(storage.Stored!.Spec!));
        Assert.Equal((ProfileStatus.Ready, ProfileCompletion.Complete, ""), storage.Says);

        // What comes once more, and late, changes nothing.
        string before = storage.Annotation(KubescapeAnnotations.SyncChecksum);
        late.ForEach(chunk => storage.Take(chunk));
        Assert.Equal(before, storage.Annotation(KubescapeAnnotations.SyncChecksum));
        Assert.Equal((ProfileStatus.Ready, ProfileCompletion.Complete, ""), storage.Says);
    });

    [Fact]
    public void Fault16_ChunksOfWhichAnyAreLost_NeverMakeACompleteProfileThatLacksThem() => Specs.ForSeeds(2 * Cases, random =>
    {
        var clock = new ManualClock();
        var node = new Node("node", random, clock);
        var other = new Node("other", random, clock) { Reason = "started-late" };
        List<ContainerProfile> sent = Sent(node, random, rounds: random.Next(1, 5));
        node.Complete();
        sent.AddRange(Sent(node, random, rounds: 1));
        List<ContainerProfile> arrived = [.. sent.Where(_ => random.Next(5) > 0), .. sent.Where(_ => random.Next(4) == 0), .. Sent(other, random, rounds: 2)];
        var storage = new Receiver();
        foreach (ContainerProfile chunk in arrived.OrderBy(_ => random.Next()))
        {
            storage.Take(chunk);
        }

        string whole = Specs.Text(storage.Stored!.Spec!);
        bool hasAll = Specs.Text(ProfileUnion.Add(storage.Stored.Spec!, node.Known, Specs.Tight)) == whole;
        bool isComplete = storage.Says is (ProfileStatus.Completed, ProfileCompletion.Complete, _);
        Assert.True(!isComplete || hasAll, "complete, and something is missing");
        int[] numbers = [.. arrived.Where(sent.Contains).Select(Number).Distinct()];
        if (sent.Select(Number).All(numbers.Contains) && sent.TrueForAll(arrived.Contains))
        {
            Assert.True(isComplete, string.Join(' ', storage.Says));
        }
        else if (sent.Exists(chunk => !arrived.Contains(chunk) && numbers.Any(number => number >= Number(chunk))))
        {
            Assert.Contains(ProfileStatement.DeltaMissing, storage.Says.Reason, StringComparison.Ordinal);
        }
    });

    [Fact]
    public void Chunks_InAnyOrder_MakeTheSameLedger() => Specs.ForSeeds(Cases, random =>
    {
        var clock = new ManualClock();
        ContainerProfile[] chunks = [.. Sent(new Node("a", random, clock), random, 3), .. Sent(new Node("b", random, clock) { Reason = "events-lost" }, random, 3)];
        chunks = [.. chunks.Where(_ => random.Next(6) > 0)];
        (Receiver one, Receiver other) = (new Receiver(), new Receiver());
        foreach (ContainerProfile chunk in chunks)
        {
            one.Take(chunk);
        }

        foreach (ContainerProfile chunk in chunks.Concat(chunks.Where(_ => random.Next(2) == 0)).OrderBy(_ => random.Next()))
        {
            other.Take(chunk);
        }

        if (chunks.Length > 0)
        {
            Assert.Equal(one.Annotation(ChunkAnnotations.Ledger), other.Annotation(ChunkAnnotations.Ledger));
            Assert.Equal(one.Annotation(KubescapeAnnotations.SyncChecksum), other.Annotation(KubescapeAnnotations.SyncChecksum));
            Assert.Equal(one.Says, other.Says);
        }
    });

    [Fact]
    public void Chunks_OfAnAgentWithoutNumbers_AreAChainOfTimes() => Specs.ForSeeds(Cases, random =>
    {
        var node = new Node("node", random, new ManualClock());
        List<ContainerProfile> sent = [.. Sent(node, random, 4)];
        node.Complete();
        sent = [.. sent.Concat(Sent(node, random, 1)).Select(WithoutOurs)];
        int lost = random.Next(sent.Count + 1);
        var storage = new Receiver();
        foreach (ContainerProfile chunk in sent.Where((_, i) => i != lost).OrderBy(_ => random.Next()))
        {
            storage.Take(chunk);
        }

        Assert.True(sent.Count == 1 || storage.Stored is not null);
        if (lost == sent.Count)
        {
            Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Complete, ""), storage.Says);
            Assert.Equal(Specs.Text(ProfileUnion.Of([node.Known], Specs.Tight)), Specs.Text(storage.Stored!.Spec!));
        }
        else if (lost < sent.Count - 1)
        {
            Assert.Equal((ProfileStatus.Completed, ProfileCompletion.Partial, ProfileStatement.DeltaMissing), storage.Says);
        }
    });

    // Sends what is new; each chunk may be lost, or its answer, or come again later. True when there was something.
    private static bool Tell(Node node, Receiver storage, Random random, List<ContainerProfile> late, bool mayGiveUp)
    {
        while (node.Next(random.Next(1500, 6000)) is { } delta)
        {
            bool taken = true;
            bool missing = false;
            for (int part = 0; taken && part < delta.Parts; part++)
            {
                ContainerProfile chunk = delta.Chunk(part);
                if (random.Next(8) > 0)
                {
                    missing = storage.Take(chunk).IsMissing;
                    late.AddRange(random.Next(4) == 0 ? [chunk] : []);
                    taken = random.Next(8) > 0;
                }
                else
                {
                    taken = random.Next(20) == 0; // acknowledged, and gone: a storage that was set back
                }
            }

            if (taken)
            {
                node.Series.Acknowledge(delta);
                if (missing)
                {
                    node.Series.StartOver();
                }
                else
                {
                    // What was acknowledged and is gone shows with the next chunk only.
                    return Probe(node, storage, random);
                }
            }
            else if (mayGiveUp && random.Next(2) == 0)
            {
                return true;
            }
        }

        return false;
    }

    private static bool Probe(Node node, Receiver storage, Random random)
    {
        Delta? delta;
        do
        {
            node.Learn(); // may be nothing new
        }
        while ((delta = node.Next(1 << 20)) is null);

        bool missing = Enumerable.Range(0, delta.Parts).Select(part => storage.Take(delta.Chunk(part)).IsMissing).Last();
        node.Series.Acknowledge(delta);
        if (missing)
        {
            node.Series.StartOver();
        }

        return missing || random.Next(3) == 0;
    }

    // All that a node sends while everything is acknowledged.
    private static List<ContainerProfile> Sent(Node node, Random random, int rounds)
    {
        var chunks = new List<ContainerProfile>();
        for (; rounds > 0; rounds--)
        {
            node.Learn();
            if (node.Next(random.Next(1500, 4000)) is { } delta)
            {
                chunks.AddRange(Enumerable.Range(0, delta.Parts).Select(delta.Chunk));
                node.Series.Acknowledge(delta);
            }
        }

        return chunks;
    }

    private static int Number(ContainerProfile chunk) => int.Parse(chunk.Metadata.Annotations![ChunkAnnotations.Sequence], System.Globalization.CultureInfo.InvariantCulture);

    private static ContainerProfile WithoutOurs(ContainerProfile chunk) => chunk with
    {
        Metadata = chunk.Metadata with
        {
            Annotations = chunk.Metadata.Annotations!.Where(pair => !pair.Key.StartsWith("node-agent.io/", StringComparison.Ordinal) || pair.Key == KubescapeAnnotations.PartialReason).ToDictionary(),
        },
    };
}
