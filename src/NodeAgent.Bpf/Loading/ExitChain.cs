// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>
/// The programs at the end of system calls. One is attached, which sees every call of the machine and ends for those that nobody watches; those of
/// the sensors follow it by tail calls (bpf/include/exit_chain.bpf.h). Each that was attached by itself would cost every call again.
/// </summary>
/// <remarks>Several threads may use it at a time. Disposing it ends the chain unless it is pinned.</remarks>
internal sealed class ExitChain(SharedMaps maps, Func<string, BpfObject> open, uint? running, ILogger logger) : IDisposable
{
    internal const string ObjectName = "exit_chain";
    internal const string HeadName = "na_exit_head";
    internal const string MapName = "na_exit_chain";

    private const string Section = "tp_btf/sys_exit";
    private const string StepConstant = "na_exit_step";

    // In this order they run. Opens first: they are what happens most.
    private static readonly string[] Order = ["file", "file_change", "process_calls", "privilege", "socket", "unix"];

    private readonly Lock _gate = new();
    private BpfLink? _head;
    private bool _refused;
    private bool _pinned;

    /// <summary>How many programs have a place. As in exit_chain.bpf.h.</summary>
    internal static uint Steps => (uint)Order.Length;

    /// <summary>What was loaded for it; null while nothing was.</summary>
    internal BpfObject? Object { get; private set; }

    /// <summary>The attached program, when an agent before this one attached and pinned it.</summary>
    internal RunningProgram? Running => running is { } id ? new RunningProgram(id, HeadName, Section) : null;

    internal static bool Takes(BpfProgram program) => program.Section == Section;

    /// <summary>Prepares an opened object for a place in the chain.</summary>
    /// <returns>False where the kernel does not run such programs: then they are attached each by itself.</returns>
    internal bool TryPrepare(string sensor, BpfObject target)
    {
        int step = Array.IndexOf(Order, sensor);
        return step >= 0 && TryBegin() && target.TrySetConstant(StepConstant, (uint)step);
    }

    /// <summary>Puts a loaded program at its place: from here on it runs.</summary>
    internal ChainedProgram Add(string sensor, BpfProgram program) => ChainedProgram.Start(this, maps.ExitChain, StepOf(sensor), program);

    /// <summary>Takes a sensor's program out that an agent before this one left there.</summary>
    internal static void Remove(SharedMaps maps, string sensor)
    {
        if (Array.IndexOf(Order, sensor) >= 0)
        {
            uint step = StepOf(sensor);
            maps.ExitChain.TryDelete(MemoryMarshal.AsBytes(new ReadOnlySpan<uint>(in step)));
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

    private static uint StepOf(string sensor) => (uint)Array.IndexOf(Order, sensor);

    private bool TryBegin()
    {
        lock (_gate)
        {
            if (_head is not null || running is not null || _refused)
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
                Log.ExitChainRefused(logger, exception.Message);
                return false;
            }
        }
    }
}
