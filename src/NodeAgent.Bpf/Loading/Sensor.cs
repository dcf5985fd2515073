// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>A loaded sensor, or the reason why there is none. Disposing it detaches its programs.</summary>
internal sealed class Sensor : IDisposable
{
    private readonly LoadedVariant? _loaded;

    private Sensor(SensorStatus status, LoadedVariant? loaded, IReadOnlyList<RunningProgram>? running = null)
    {
        Status = status;
        _loaded = loaded;
        Running = running ?? [];
    }

    internal SensorStatus Status { get; private set; }

    /// <summary>Its attached programs; none when they run without this process.</summary>
    internal IReadOnlyList<IAttachedProgram> Links => _loaded?.Links ?? [];

    /// <summary>Its programs when an agent before this one attached and pinned them.</summary>
    internal IReadOnlyList<RunningProgram> Running { get; }

    /// <summary>What was loaded; null when nothing was.</summary>
    internal BpfObject? Object => _loaded?.Object;

    /// <summary>Loads and attaches the first variant that this kernel accepts.</summary>
    /// <param name="forced">The only variant to try; null = all of them, best first.</param>
    internal static Sensor Start(SensorDefinition definition, string? forced, SensorKernel kernel)
    {
        const string ForcedBy = "forced by Bpf:Variants";
        if (forced is not null)
        {
            if (definition.Forced(forced) is not { } only)
            {
                return Failed(definition, $"{forced} ({ForcedBy}): there is no such variant");
            }

            definition = only;
        }

        var reasons = new List<string>();
        foreach (SensorVariant variant in definition.Variants)
        {
            try
            {
                var loaded = LoadedVariant.Start(definition, variant, kernel);
                string reason = forced is null ? string.Join("; ", reasons) : ForcedBy;
                var status = new SensorStatus(definition.Name, SensorState.Active, variant.Name, reason)
                {
                    Hooks = variant.Hooks,
                    Without = loaded.Without,
                };
                return new Sensor(status, loaded);
            }
            catch (Exception exception) when (exception is BpfException or InvalidOperationException)
            {
                reasons.Add(forced is null ? $"{variant.Name}: {exception.Message}" : $"{variant.Name} ({ForcedBy}): {exception.Message}");
            }
        }

        return Failed(definition, string.Join("; ", reasons));
    }

    internal static Sensor Off(SensorDefinition definition, string reason) =>
        new(new SensorStatus(definition.Name, SensorState.Disabled, string.Empty, reason), null);

    internal static Sensor Unusable(SensorDefinition definition, string reason) => Failed(definition, reason);

    /// <summary>One whose programs an agent before this one attached and pinned.</summary>
    internal static Sensor TakenOver(SensorStatus status, IReadOnlyList<RunningProgram> programs) => new(status, null, programs);

    /// <summary>Adds to the status something that whoever asks for it should know.</summary>
    internal void Note(string reason) =>
        Status = Status with { Reason = Status.Reason.Length == 0 ? reason : $"{Status.Reason}; {reason}" };

    public void Dispose() => _loaded?.Dispose();

    private static Sensor Failed(SensorDefinition definition, string reason) =>
        new(new SensorStatus(definition.Name, SensorState.Failed, string.Empty, reason), null);
}
