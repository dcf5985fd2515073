// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>
/// The programs at the end of system calls. One is attached, which sees every call of the machine, ends for those that nobody watches, and goes on with
/// the sensor that does by a tail call (bpf/include/exit_dispatch.bpf.h). Each that was attached by itself would cost every call again.
/// </summary>
/// <remarks>Several threads may use it at a time. Disposing it detaches the one unless that is pinned.</remarks>
internal sealed class ExitDispatch(SharedMaps maps, Func<string, BpfObject> open, uint? running, ILogger logger) : IDisposable
{
    internal const string ObjectName = "exit_dispatch";
    internal const string HeadName = "na_exit_head";
    internal const string MapName = "na_exit_programs";

    private const string Section = "tp_btf/sys_exit";
    private const string DispatchedConstant = "na_exit_dispatched";

    // By place, as in enum na_exit_place: the first is nobody's.
    private static readonly string[] Sensors = ["", "file", "file_change", "process_calls", "privilege", "socket", "unix"];

    private readonly Lock _gate = new();
    private uint? _running = running;
    private BpfLink? _head;
    private bool _refused;
    private bool _pinned;

    internal static uint Places => (uint)Sensors.Length;

    /// <summary>What was loaded for it; null while nothing was.</summary>
    internal BpfObject? Object { get; private set; }

    /// <summary>The attached program, when an agent before this one attached and pinned it.</summary>
    internal RunningProgram? Running => _running is { } id ? new RunningProgram(id, HeadName, Section) : null;

    internal static bool Takes(BpfProgram program) => program.Section == Section;

    /// <summary>Prepares an opened object for its place.</summary>
    /// <returns>False where the kernel does not run such programs: then they are attached each by itself.</returns>
    internal bool TryPrepare(string sensor, BpfObject target)
    {
        if (!TryFindPlace(sensor, out _) || !TryBegin())
        {
            return false;
        }

        // Only objects that go on with another program have it.
        target.TrySetConstant(DispatchedConstant, true);
        return true;
    }

    /// <summary>Puts a loaded program at its place: from here on it runs.</summary>
    /// <exception cref="InvalidOperationException">The sensor has no place.</exception>
    internal DispatchedProgram Add(string sensor, BpfProgram program) => TryFindPlace(sensor, out uint place)
        ? DispatchedProgram.Start(this, maps.ExitPrograms, place, program)
        : throw new InvalidOperationException($"{sensor} has no place at the end of system calls");

    /// <summary>Takes a sensor's program out that an agent before this one left there.</summary>
    internal static void Remove(SharedMaps maps, string sensor)
    {
        if (TryFindPlace(sensor, out uint place))
        {
            maps.ExitPrograms.TryRemoveProgram(place);
        }
    }

    /// <summary>The one that an agent before this one attached was taken out, since no sensor used it: who comes now attaches one anew.</summary>
    internal void ForgetRunning()
    {
        lock (_gate)
        {
            _running = null;
        }
    }

    /// <summary>Lets the attached program outlive this process; does nothing when it is pinned.</summary>
    /// <exception cref="BpfException">The kernel cannot.</exception>
    internal void Pin(string path)
    {
        lock (_gate)
        {
            if (_head is not null && !_pinned)
            {
                _head.Pin(path);
                _pinned = true;
            }
        }
    }

    public void Dispose()
    {
        _head?.Dispose();
        Object?.Dispose();
    }

    private static bool TryFindPlace(string sensor, out uint place)
    {
        int found = Array.IndexOf(Sensors, sensor, 1);
        place = (uint)Math.Max(found, 0);
        return found > 0;
    }

    private bool TryBegin()
    {
        lock (_gate)
        {
            if (_head is not null || _running is not null || _refused)
            {
                return !_refused;
            }

            BpfObject? target = null;
            try
            {
                target = open(ObjectName);
                maps.ShareWith(target);
                target.Load();
                _head = target.FindProgram(HeadName)!.Attach();
                Object = target;
                return true;
            }
            catch (Exception exception) when (exception is BpfException or InvalidOperationException)
            {
                target?.Dispose();
                _refused = true;
                Log.ExitDispatchRefused(logger, exception.Message);
                return false;
            }
        }
    }
}
