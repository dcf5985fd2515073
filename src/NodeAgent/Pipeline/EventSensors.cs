// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf;
using NodeAgent.Bpf.Loading;
using NodeAgent.Configuration;
using NodeAgent.Rules.Expressions;
using NodeAgent.Rules.Loading;

namespace NodeAgent.Pipeline;

/// <summary>Starts the sensors that rules need which came while the agent ran. What the settings say of sensors goes before it.</summary>
internal sealed class EventSensors(KernelEventSource source, ProbeSettings settings) : IEventSensors
{
    public string? Provide(RuleEventType type)
    {
        // All are started before one that fails is told of: the others may tell of a part.
        string[] reasons = [.. UsedSensors.SensorsOf(type).Select(Start).OfType<string>()];
        return reasons.FirstOrDefault();
    }

    private string? Start(string name)
    {
        SensorStatus? status = source.Sensors.FirstOrDefault(sensor => sensor.Name == name);
        if (status is { State: SensorState.Disabled } && settings.Sensors.Count > 0)
        {
            return $"sensor {name} is not among bpf.sensors";
        }

        if (status is { State: SensorState.Disabled } && settings.DisabledSensors.Contains(name))
        {
            return $"sensor {name} is among bpf.disabledSensors";
        }

        if (status is { State: SensorState.Disabled })
        {
            status = source.StartSensor(name);
        }

        return status is { State: SensorState.Active } ? null : $"sensor {name} is off: {status?.Reason}";
    }
}
