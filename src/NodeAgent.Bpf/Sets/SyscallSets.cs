// SPDX-License-Identifier: Apache-2.0
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using NodeAgent.Bpf.Loading;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;
using NodeAgent.Interop.Pins;

namespace NodeAgent.Bpf.Sets;

/// <summary>The system calls of each container, and the program that notes them: every call of the machine pays while it is attached.</summary>
/// <remarks>
/// Every container is noted until <see cref="Ignore"/> says otherwise, so that what one does before anybody heard of it is there.
/// A removed cgroup takes its set along. With a pin the program goes on when the agent ends while it is attached, and the next agent
/// finds it so. One thread at a time.
/// </remarks>
public sealed class SyscallSets : IDisposable
{
    internal const string Object = "syscalls";
    internal const string Program = "na_sc_enter";

    private readonly SharedMaps _maps;
    private readonly Func<string, BpfObject> _open;
    private readonly ILogger _logger;
    private readonly string? _pin;
    private readonly KernelMap? _map;
    private readonly MapBatch<ulong, SyscallSet>? _batch;
    private BpfObject? _loaded;
    private BpfLink? _link;
    private PinnedLink? _taken;
    private bool _failed;

    /// <param name="pin">Path of its link in a bpffs; null = it ends with the agent.</param>
    internal SyscallSets(SharedMaps maps, Func<string, BpfObject> open, string? pin, ILogger logger)
    {
        _pin = pin;
        _maps = maps;
        _open = open;
        _logger = logger;
        _map = maps.FindOptional("na_syscall_sets");
        _batch = _map is null ? null : new MapBatch<ulong, SyscallSet>(_map);
        TakeOver();
    }

    /// <summary>Whether new system calls are noted now.</summary>
    public bool IsAttached => _link is not null || _taken is not null;

    /// <summary>Attaches or detaches the program. Detaching keeps the sets.</summary>
    /// <returns>Whether it is attached afterwards: never while the sensor is off or this kernel refuses the program.</returns>
    public bool SetAttached(bool attached)
    {
        if (attached && !IsAttached && _map is not null && !_failed)
        {
            Attach();
        }
        else if (!attached && IsAttached)
        {
            Detach();
        }

        return IsAttached;
    }

    /// <param name="visit">Called with each cgroup id and its set; not at all while the sensor is off.</param>
    public void ReadAll(Action<ulong, SyscallSet> visit) => _batch?.ReadAll(visit);

    /// <returns>False when nothing was noted of it.</returns>
    public bool TryRead(ulong cgroupId, out SyscallSet set)
    {
        set = default;
        return _map is not null && _map.TryLookup(Bytes(in cgroupId), MemoryMarshal.AsBytes(new Span<SyscallSet>(ref set)));
    }

    /// <summary>Has every call of this container told again; it is learned even when it was ignored.</summary>
    /// <returns>False when nothing was noted of it.</returns>
    public bool Clear(ulong cgroupId) => _map?.TryDelete(Bytes(in cgroupId)) ?? false;

    /// <summary>Stops or resumes noting for one container; its set stays.</summary>
    /// <exception cref="BpfException">The map is full.</exception>
    public void Ignore(ulong cgroupId, bool ignored)
    {
        if (_map is null)
        {
            return;
        }

        // A bit that is set between reading and writing is lost, and told again when the call is made again.
        TryRead(cgroupId, out SyscallSet set);
        set.State = ignored ? 1ul : 0;
        _map.Update(Bytes(in cgroupId), MemoryMarshal.AsBytes(new ReadOnlySpan<SyscallSet>(in set)));
    }

    public void Dispose()
    {
        _taken?.Dispose();
        _link?.Dispose();
        _loaded?.Dispose();
    }

    private void Attach()
    {
        try
        {
            _loaded ??= Load();
            _link = _loaded.FindProgram(Program)!.Attach();
            Log.SyscallsAttached(_logger);
            Pin(_link);
        }
        catch (Exception exception) when (exception is BpfException or InvalidOperationException)
        {
            // It is what this kernel says; asking again with each container would not change it.
            _failed = true;
            Log.SyscallsFailed(_logger, exception.Message);
        }
    }

    private void Detach()
    {
        if (_pin is not null)
        {
            File.Delete(_pin);
        }

        _link?.Unpin();
        _link?.Dispose();
        _taken?.Dispose();
        (_link, _taken) = (null, null);
        Log.SyscallsDetached(_logger);
    }

    private void Pin(BpfLink link)
    {
        try
        {
            if (_pin is not null)
            {
                link.Pin(_pin);
            }
        }
        catch (BpfException e)
        {
            Log.SensorNotPinned(_logger, Object, e.Message);
        }
    }

    // What an agent before this one left attached; one that is switched off was removed with the pins of its sensor.
    private void TakeOver()
    {
        if (_pin is null || _map is null || !File.Exists(_pin))
        {
            return;
        }

        try
        {
            _taken = PinnedLink.Open(_pin);
        }
        catch (BpfException e)
        {
            Log.PinProblem(_logger, e.Message);
            File.Delete(_pin);
        }
    }

    private BpfObject Load()
    {
        BpfObject target = _open(Object);
        try
        {
            foreach (BpfProgram program in target.Programs)
            {
                program.Enable(program.Name == Program);
            }

            _maps.ShareWith(target);
            target.Load();
            return target;
        }
        catch
        {
            target.Dispose();
            throw;
        }
    }

    private static ReadOnlySpan<byte> Bytes(in ulong key) => MemoryMarshal.AsBytes(new ReadOnlySpan<ulong>(in key));
}
