// SPDX-License-Identifier: Apache-2.0
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using NodeAgent.Integrity.Changes;

namespace NodeAgent.Integrity.Looking;

/// <summary>Has files looked at beside the worker and waits for a while, so that a container whose files hang (FUSE, a network) holds up nobody else.</summary>
/// <remarks>
/// While a look hangs, its container is not looked at, and when all places hang, no container is: their changes are told without what the file is. When the look
/// comes back, the files of that container are given back to the worker. Belongs to the worker's task, but for the looks themselves.
/// </remarks>
/// <param name="make">Makes one for each place.</param>
internal sealed class ProcessLooks(Func<IProcessLooker> make, TimeSpan patience)
{
    public const int Places = 4;
    private const int MaxLateOfOne = 64;

    private readonly ConcurrentStack<IProcessLooker> _idle = new();
    private readonly List<IProcessLooker> _made = [];
    private readonly Lock _gate = new();
    private readonly Dictionary<ulong, List<FileObservation>> _lateByCgroup = [];
    private readonly ConcurrentQueue<FileObservation> _returned = new();

    /// <summary>Units: bytes read so far.</summary>
    public long BytesRead => _made.Sum(looker => looker.BytesRead);

    public ProcessLook LookAt(FileObservation seen, byte[] path, CancellationToken stop)
    {
        if (IsHanging(seen) || TryTake() is not { } looker)
        {
            return ProcessLook.Late;
        }

        Task<ProcessLook> look = Task.Run(() => looker.LookAt(seen, path, stop), CancellationToken.None);
        if (Task.WaitAny([look], (int)patience.TotalMilliseconds, stop) < 0)
        {
            lock (_gate)
            {
                _lateByCgroup[seen.Container.CgroupId] = [seen];
            }

            look.ContinueWith(done => Return(looker, seen.Container.CgroupId, done), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
            return ProcessLook.Late;
        }

        _idle.Push(looker);
        return look.GetAwaiter().GetResult();
    }

    /// <summary>A file that was late and may be looked at now.</summary>
    public bool TryTakeReturned([NotNullWhen(true)] out FileObservation? seen) => _returned.TryDequeue(out seen);

    private bool IsHanging(FileObservation seen)
    {
        lock (_gate)
        {
            if (!_lateByCgroup.TryGetValue(seen.Container.CgroupId, out List<FileObservation>? late))
            {
                return false;
            }

            if (late.Count < MaxLateOfOne)
            {
                late.Add(seen);
            }

            return true;
        }
    }

    private IProcessLooker? TryTake()
    {
        if (_idle.TryPop(out IProcessLooker? idle))
        {
            return idle;
        }

        if (_made.Count == Places)
        {
            return null;
        }

        IProcessLooker made = make();
        _made.Add(made);
        return made;
    }

    private void Return(IProcessLooker looker, ulong cgroupId, Task done)
    {
        // Whether the file can be read is found out by looking again.
        _ = done.Exception;
        _idle.Push(looker);
        lock (_gate)
        {
            _lateByCgroup.Remove(cgroupId, out List<FileObservation>? late);
            late?.ForEach(_returned.Enqueue);
        }
    }
}
