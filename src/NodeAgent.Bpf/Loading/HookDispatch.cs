// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>
/// What is attached at shared hooks. One program is attached at each, which sees everything, ends for what nobody looks for, and goes on with the sensors
/// that do by tail calls (bpf/include/exit_dispatch.bpf.h, packet_dispatch.bpf.h). Each that was attached by itself would cost everything again.
/// </summary>
/// <remarks>Several threads may use it at a time. Disposing it detaches them unless they are pinned.</remarks>
/// <param name="running">The attached programs, when an agent before this one attached and pinned them.</param>
internal sealed class HookDispatch(SharedHooks shared, SharedMaps maps, IReadOnlyList<RunningProgram> running, ILogger logger) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<BpfLink> _heads = [];
    private bool _refused;
    private bool _pinned;

    internal SharedHooks Shared => shared;

    /// <summary>What was loaded for it; null while nothing was.</summary>
    internal BpfObject? Object { get; private set; }

    /// <summary>The attached programs of an agent before this one; empty when this one attaches them.</summary>
    internal IReadOnlyList<RunningProgram> Running { get; private set; } = running;

    /// <summary>Prepares an opened object for its place.</summary>
    /// <returns>False where the kernel does not run such programs: then they are attached each by itself.</returns>
    internal bool TryPrepare(string sensor, BpfObject target, SensorKernel kernel)
    {
        if (!shared.TryFindPlace(sensor, out _) || !TryBegin(kernel))
        {
            return false;
        }

        target.TrySetConstant(shared.Constant, true);
        return true;
    }

    /// <summary>Puts a loaded program at its place: from here on it runs.</summary>
    /// <exception cref="InvalidOperationException">The sensor has no place.</exception>
    internal DispatchedProgram Add(string sensor, BpfProgram program) => shared.TryFindPlace(sensor, out uint place) && shared.FindHook(program) is { } hook
        ? DispatchedProgram.Start(this, maps.FindOptional(hook.Programs)!, place, program)
        : throw new InvalidOperationException($"{sensor} has no place in {shared.ObjectName}");

    /// <summary>Says that a sensor whose program this kernel refused at its place is attached by itself.</summary>
    internal void NoteRefused(string sensor, BpfException refusal) => Log.DispatchedRefused(logger, sensor, shared.ObjectName, refusal.Message);

    /// <summary>Those that an agent before this one attached were taken out, since no sensor used them: who comes now attaches them anew.</summary>
    internal void ForgetRunning()
    {
        lock (_gate)
        {
            Running = [];
        }
    }

    /// <summary>Lets the attached programs outlive this process; does nothing when they are pinned.</summary>
    /// <param name="path">Of the program of a name.</param>
    /// <exception cref="BpfException">The kernel cannot.</exception>
    internal void Pin(Func<string, string> path)
    {
        lock (_gate)
        {
            if (!_pinned)
            {
                _heads.ForEach(head => head.Pin(path(head.Program)));
                _pinned = true;
            }
        }
    }

    public void Dispose()
    {
        _heads.ForEach(head => head.Dispose());
        Object?.Dispose();
    }

    private bool TryBegin(SensorKernel kernel)
    {
        lock (_gate)
        {
            if (_heads.Count > 0 || Running.Count > 0 || _refused)
            {
                return !_refused;
            }

            BpfObject? target = null;
            try
            {
                target = kernel.Open(shared.ObjectName);
                maps.ShareWith(target);
                target.Load();
                foreach (SharedHook hook in shared.Hooks)
                {
                    _heads.Add(kernel.Attach(target.FindProgram(hook.Head)!));
                }

                Object = target;
                return true;
            }
            catch (Exception exception) when (exception is BpfException or InvalidOperationException)
            {
                _heads.ForEach(head => head.Dispose());
                _heads.Clear();
                target?.Dispose();
                _refused = true;
                Log.DispatchRefused(logger, shared.ObjectName, exception.Message);
                return false;
            }
        }
    }
}
