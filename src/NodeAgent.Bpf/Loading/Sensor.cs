// SPDX-License-Identifier: Apache-2.0
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>A loaded sensor, or the reason why there is none. Disposing it detaches its programs.</summary>
internal sealed class Sensor : IDisposable
{
    private readonly BpfObject? _object;
    private readonly List<BpfLink> _links;

    private Sensor(SensorStatus status, BpfObject? loaded, List<BpfLink> links)
    {
        Status = status;
        _object = loaded;
        _links = links;
    }

    internal SensorStatus Status { get; private set; }

    /// <summary>Its attached programs; none when they run without this process.</summary>
    internal IReadOnlyList<BpfLink> Links => _links;

    /// <summary>Loads and attaches the first variant that this kernel accepts.</summary>
    /// <param name="cgroupRoot">Null when the machine has no cgroup2 tree: cgroup programs then fail with that reason.</param>
    internal static Sensor Start(
        SensorDefinition definition, Func<string, BpfObject> open, SharedMaps maps, SafeFileHandle? cgroupRoot)
    {
        var reasons = new List<string>();
        foreach (SensorVariant variant in definition.Variants)
        {
            try
            {
                (BpfObject loaded, List<BpfLink> links) = StartVariant(definition, variant, open, maps, cgroupRoot);
                return new Sensor(
                    new SensorStatus(definition.Name, SensorState.Active, variant.Name, string.Join("; ", reasons)), loaded, links);
            }
            catch (Exception exception) when (exception is BpfException or InvalidOperationException)
            {
                reasons.Add($"{variant.Name}: {exception.Message}");
            }
        }

        return new Sensor(new SensorStatus(definition.Name, SensorState.Failed, string.Empty, string.Join("; ", reasons)), null, []);
    }

    internal static Sensor Off(SensorDefinition definition) =>
        new(new SensorStatus(definition.Name, SensorState.Disabled, string.Empty, "switched off in Bpf:DisabledSensors"), null, []);

    /// <summary>One whose programs an agent before this one attached and pinned.</summary>
    internal static Sensor Running(SensorStatus status) => new(status, null, []);

    /// <summary>Adds to the status something that whoever asks for it should know.</summary>
    internal void Note(string reason) =>
        Status = Status with { Reason = Status.Reason.Length == 0 ? reason : $"{Status.Reason}; {reason}" };

    public void Dispose()
    {
        Release(_object, _links);
    }

    private static (BpfObject Loaded, List<BpfLink> Links) StartVariant(SensorDefinition definition, SensorVariant variant,
        Func<string, BpfObject> open, SharedMaps maps, SafeFileHandle? cgroupRoot)
    {
        BpfObject target = open(definition.Name);
        var links = new List<BpfLink>();
        try
        {
            List<BpfProgram> chosen = Choose(target, variant);
            maps.ShareWith(target);
            target.Load();
            maps.Adopt(target);
            foreach (BpfProgram program in chosen)
            {
                links.Add(Attach(program, cgroupRoot));
            }

            return (target, links);
        }
        catch
        {
            Release(target, links);
            throw;
        }
    }

    private static List<BpfProgram> Choose(BpfObject target, SensorVariant variant)
    {
        var chosen = new List<BpfProgram>();
        foreach (BpfProgram program in target.Programs)
        {
            bool included = variant.Includes(program);
            program.Enable(included);
            if (included)
            {
                chosen.Add(program);
            }
        }

        return chosen.Count > 0
            ? chosen
            : throw new InvalidOperationException($"object {target.Name} has no program for it");
    }

    private static BpfLink Attach(BpfProgram program, SafeFileHandle? cgroupRoot)
    {
        if (!program.IsCgroupProgram)
        {
            return program.Attach();
        }

        return cgroupRoot is null
            ? throw new InvalidOperationException("no cgroup2 tree is mounted")
            : program.AttachToCgroup(cgroupRoot);
    }

    private static void Release(BpfObject? target, List<BpfLink> links)
    {
        // Links first: nothing may run while its maps go.
        foreach (BpfLink link in links)
        {
            link.Dispose();
        }

        target?.Dispose();
    }
}
