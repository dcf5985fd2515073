// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Identity;
using NodeAgent.Integrity.Changes;
using NodeAgent.Integrity.Digests;
using NodeAgent.Integrity.Looking;
using NodeAgent.Integrity.Tests.Changes;

namespace NodeAgent.Integrity.Tests.Looking;

public sealed class ProcessLooksTests : IDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);
    private readonly Looker _looker = new();

    public void Dispose() => _looker.Dispose();

    [Fact]
    public void LookAt_InTime_IsWhatWasFound()
    {
        var looks = new ProcessLooks(() => _looker, Long);
        Assert.Equal(LookOutcome.Missing, LookAt(looks, 1));
        Assert.Equal(LookOutcome.Missing, LookAt(looks, 1));
        Assert.False(looks.TryTakeReturned(out _));
        Assert.Equal(2, looks.BytesRead);
    }

    [Fact]
    public void LookAt_ContainerHangs_OnlyThatOneIsLate_AndComesBack()
    {
        var looks = new ProcessLooks(() => _looker, Short);
        _looker.Hang(1);
        Assert.Equal([LookOutcome.Late, LookOutcome.Late], [LookAt(looks, 1, "/first"), LookAt(looks, 1, "/second")]);
        AssertComes(looks, 2);

        _looker.Release();

        Assert.Equal(["/first", "/second"], Returned(looks, 2).Select(seen => seen.Path));
        AssertComes(looks, 1);
    }

    [Fact]
    public void LookAt_AllPlacesHang_NobodyIsLookedAtUntilOneComesBack()
    {
        var looks = new ProcessLooks(() => _looker, Short);
        for (ulong container = 1; container <= ProcessLooks.Places; container++)
        {
            _looker.Hang(container);
            Assert.Equal(LookOutcome.Late, LookAt(looks, container));
        }

        Assert.Equal(LookOutcome.Late, LookAt(looks, 99));
        _looker.Release();

        Assert.Equal(ProcessLooks.Places, Returned(looks, ProcessLooks.Places).Count);
        AssertComes(looks, 99);
    }

    [Fact]
    public void LookAt_LookerFails_FailsAndIsUsedAgain()
    {
        var looks = new ProcessLooks(() => _looker, Long);
        _looker.Fault = new InvalidOperationException("no");
        Assert.Throws<InvalidOperationException>(() => LookAt(looks, 1));
        _looker.Fault = null;
        Assert.Equal(LookOutcome.Missing, LookAt(looks, 1));
        Assert.Equal(1, looks.BytesRead);
    }

    [Fact]
    public void LookAt_Stopped_DoesNotWait()
    {
        var looks = new ProcessLooks(() => _looker, Long);
        _looker.Hang(1);
        using var stop = new CancellationTokenSource(Short);
        Assert.Throws<OperationCanceledException>(() => looks.LookAt(Seen(1, "/etc/file"), [], stop.Token));
        _looker.Release();
    }

    private static LookOutcome LookAt(ProcessLooks looks, ulong container, string path = "/etc/file") =>
        looks.LookAt(Seen(container, path), [], CancellationToken.None).Look.Outcome;

    private static FileObservation Seen(ulong container, string path) => ChangeGateTests.Seen(1, 1, path) with { Container = new ContainerInfo(container, "/") };

    // A look that does not hang can be late too, on a busy machine.
    private static void AssertComes(ProcessLooks looks, ulong container) => Assert.True(SpinWait.SpinUntil(() => LookAt(looks, container) == LookOutcome.Missing, Long));

    // Of those that hang: on a busy machine others are late and come back too.
    private List<FileObservation> Returned(ProcessLooks looks, int count)
    {
        var returned = new List<FileObservation>();
        Assert.True(SpinWait.SpinUntil(
            () =>
            {
                while (looks.TryTakeReturned(out FileObservation? seen))
                {
                    if (_looker.Hangs(seen.Container.CgroupId))
                    {
                        returned.Add(seen);
                    }
                }

                return returned.Count >= count;
            },
            Long));
        return returned;
    }

    // Hangs as long as the test likes, where the container is told to.
    private sealed class Looker : IProcessLooker, IDisposable
    {
        private readonly ManualResetEventSlim _released = new();
        private readonly HashSet<ulong> _hanging = [];
        private long _looked;

        public Exception? Fault { get; set; }

        public long BytesRead => Volatile.Read(ref _looked);

        public void Hang(ulong container) => _hanging.Add(container);

        public bool Hangs(ulong container) => _hanging.Contains(container);

        public void Release() => _released.Set();

        public void Dispose() => _released.Dispose();

        public ProcessLook LookAt(FileObservation seen, byte[] path, CancellationToken stop)
        {
            if (Fault is { } fault)
            {
                throw fault;
            }

            if (Hangs(seen.Container.CgroupId))
            {
                Assert.True(_released.Wait(Long, CancellationToken.None));
            }

            Interlocked.Increment(ref _looked);
            return new ProcessLook(new Look(LookOutcome.Missing, null));
        }
    }
}
