// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using NodeAgent.Alerts;
using NodeAgent.Api.Alerts;
using NodeAgent.Tests.Agent;

namespace NodeAgent.Tests.Alerts;

/// <summary>Alerts get the hash of their file when it is there in time, and leave in their order whatever files do.</summary>
public sealed class AlertHashesTests : IAsyncLifetime
{
    private static readonly TimeSpan Long = TimeSpan.FromMinutes(5);
    private readonly Channel<RuntimeAlerts> _source = Channel.CreateUnbounded<RuntimeAlerts>();
    private readonly Hanging _files = new();
    private readonly List<RuntimeAlerts> _taken = [];
    private AlertHashes _hashes = null!;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _files.Hang.Set();
        await _hashes.DisposeAsync();
        _files.Hang.Dispose();
    }

    [Fact]
    public async Task Alerts_WithFilesAndWithout_KeepTheirOrder()
    {
        Start(Long);
        _source.Writer.TryWrite(Alert("a", "/bin/a"));
        _source.Writer.TryWrite(Alert("b", null));
        _source.Writer.TryWrite(Alert("c", "/gone"));
        _source.Writer.Complete();
        await TakeAsync(3);

        Assert.Equal(["a /bin/a", "b ", "c "], _taken.Select(Text));
        Assert.False(await _hashes.Alerts.WaitToReadAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Alert_FileHangs_LeavesWithoutAndNobodyWaitsForThatContainerAgain()
    {
        Start();
        _source.Writer.TryWrite(Alert("a", "/hangs", 1));
        _source.Writer.TryWrite(Alert("b", "/bin/b", 1));
        await TakeAsync(2);
        Assert.Equal(["a ", "b "], _taken.Select(Text));

        // Nothing of it is begun while one hangs; others go on.
        _source.Writer.TryWrite(Alert("c", "/bin/c", 1));
        await TakeAsync(3);
        Assert.Equal("c ", Text(_taken[2]));
        Assert.DoesNotContain("/bin/c", _files.Asked);
        await UntilHashedAsync("d", 2);

        _files.Hang.Set();
        await UntilHashedAsync("e", 1);
    }

    [Fact]
    public async Task Alerts_EveryContainerHangs_AllLeave()
    {
        Start();
        for (ulong container = 1; container <= 300; container++)
        {
            _source.Writer.TryWrite(Alert($"a{container}", "/hangs", container));
        }

        await TakeAsync(300);
        Assert.All(_taken, alert => Assert.Null(alert.Spec.Alerts[0].Arguments.FileHash));
        Assert.Equal("a300 ", Text(_taken[^1]));
    }

    private void Start(TimeSpan? patience = null) => _hashes = new AlertHashes(_source.Reader, () => _files, TimeProvider.System, patience);

    // On a machine that is busy a hash may be late by itself.
    private async Task UntilHashedAsync(string rule, ulong container) => await Eventually.GetAsync(
        async () =>
        {
            _source.Writer.TryWrite(Alert(rule, "/bin/" + rule, container));
            await TakeAsync(_taken.Count + 1);
            return Text(_taken[^1]) == $"{rule} /bin/{rule}" ? rule : null;
        },
        () => $"a hash for container {container}");

    private async Task TakeAsync(int count)
    {
        while (_taken.Count < count)
        {
            _taken.Add(await _hashes.Alerts.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        }
    }

    private static string Text(RuntimeAlerts alert) => $"{alert.Spec.Alerts[0].RuleId} {alert.Spec.Alerts[0].Arguments.FileHash?.Path}";

    private static RuntimeAlerts Alert(string rule, string? path, ulong container = 1) => new()
    {
        Metadata = new AlertMetadata("web", null),
        Spec = new RuntimeAlertsSpec
        {
            Alerts = [new RuntimeAlert { RuleId = rule, AlertName = rule, Arguments = new AlertArguments(), Timestamp = string.Empty, UniqueId = string.Empty, Message = string.Empty }],
        },
        File = path is null ? null : new AlertedFile(path, 1, 1, container, "/x"),
    };

    /// <summary>A file system with a file that hangs until somebody lets it go.</summary>
    private sealed class Hanging : IFileHashing
    {
        private readonly Lock _lock = new();
        private readonly List<string> _asked = [];

        public ManualResetEventSlim Hang { get; } = new();

        public IReadOnlyList<string> Asked
        {
            get
            {
                lock (_lock)
                {
                    return [.. _asked];
                }
            }
        }

        public AlertFileHash? Hash(AlertedFile file, CancellationToken stop)
        {
            lock (_lock)
            {
                _asked.Add(file.Path);
            }

            if (file.Path == "/hangs")
            {
                Hang.Wait(CancellationToken.None);
            }

            return file.Path is "/gone" or "/hangs" ? null : new AlertFileHash(file.Path, new string('a', 64), 1);
        }
    }
}
