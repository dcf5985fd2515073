// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Loading;

/// <summary>Reads a folder again and again, and gives what changed to a feed, whole.</summary>
/// <remarks>By reading, not by notices: those miss what a mounted ConfigMap swaps, and files of other machines.</remarks>
public sealed class RuleFolderWatch : IAsyncDisposable
{
    private readonly RuleFolder _folder;
    private readonly RuleFeed _feed;
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;

    /// <param name="folder">Already read once.</param>
    public RuleFolderWatch(RuleFolder folder, RuleFeed feed, TimeSpan interval, TimeProvider time)
    {
        (_folder, _feed) = (folder, feed);
        feed.UseFolder(folder.Documents, folder.Issues);
        _running = Task.Run(() => RunAsync(interval, time));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task RunAsync(TimeSpan interval, TimeProvider time)
    {
        using var timer = new PeriodicTimer(interval, time);
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token).ConfigureAwait(false))
            {
                if (_folder.Read())
                {
                    _feed.UseFolder(_folder.Documents, _folder.Issues);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }
}
