// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;

namespace NodeAgent.Alerts;

/// <summary>Hashes files beside each other, so that a container whose files hang holds up only itself. Any thread.</summary>
/// <remarks>Of each container one file is read at a time, and few wait. What never returns keeps its place; when all places are kept so, nothing is hashed, which is counted.</remarks>
/// <param name="make">Makes one for each place.</param>
internal sealed class FileHashPool(Func<IFileHashing> make) : IDisposable
{
    private const int Places = 4;
    private const int MaxWaitingOfOne = 16;
    private const int MaxWaiting = 128;

    private readonly Lock _gate = new();
    private readonly SemaphoreSlim _free = new(Places);
    private readonly Stack<IFileHashing> _idle = [];
    private readonly Dictionary<ulong, (Task Last, int Count)> _byContainer = [];

    // Whose files were not read in time: nobody waits for them again until they are.
    private readonly HashSet<ulong> _slow = [];
    private int _waiting;

    /// <summary>Nobody waits for files of this container until those that are under way were read.</summary>
    public void GiveUp(ulong cgroupId)
    {
        lock (_gate)
        {
            if (_byContainer.ContainsKey(cgroupId))
            {
                _slow.Add(cgroupId);
            }
        }
    }

    /// <returns>Null when too many wait, or after <see cref="GiveUp"/>; else a task that gives null when there is nothing to tell.</returns>
    public Task<AlertFileHash?>? TryBegin(AlertedFile file, CancellationToken stop)
    {
        lock (_gate)
        {
            (Task last, int count) = _byContainer.GetValueOrDefault(file.CgroupId, (Task.CompletedTask, 0));
            if (count >= MaxWaitingOfOne || _waiting >= MaxWaiting || _slow.Contains(file.CgroupId))
            {
                return null;
            }

            _waiting++;
            Task<AlertFileHash?> made = Task.Run(() => RunAsync(last, file, stop), CancellationToken.None);
            _byContainer[file.CgroupId] = (made, count + 1);
            return made;
        }
    }

    /// <summary>What still hangs ends unheard.</summary>
    public void Dispose() => _free.Dispose();

    private async Task<AlertFileHash?> RunAsync(Task before, AlertedFile file, CancellationToken stop)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await _free.WaitAsync(stop).ConfigureAwait(false);
            try
            {
                return Hash(file, stop);
            }
            finally
            {
                _free.Release();
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }
        finally
        {
            End(file.CgroupId);
        }
    }

    private AlertFileHash? Hash(AlertedFile file, CancellationToken stop)
    {
        IFileHashing? one;
        lock (_gate)
        {
            one = _idle.TryPop(out IFileHashing? idle) ? idle : make();
        }

        AlertFileHash? hash = one.Hash(file, stop);
        lock (_gate)
        {
            _idle.Push(one);
        }

        return hash;
    }

    private void End(ulong cgroupId)
    {
        lock (_gate)
        {
            _waiting--;
            (Task last, int count) = _byContainer[cgroupId];
            if (count == 1)
            {
                _byContainer.Remove(cgroupId);
                _slow.Remove(cgroupId);
            }
            else
            {
                _byContainer[cgroupId] = (last, count - 1);
            }
        }
    }
}
