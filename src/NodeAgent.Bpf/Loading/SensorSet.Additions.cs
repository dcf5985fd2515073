// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using Microsoft.Win32.SafeHandles;
using NodeAgent.Interop.Btf;
using NodeAgent.Interop.Errors;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>Sensors that come while the others run.</summary>
internal sealed partial class SensorSet
{
    private Addition? _addition;

    // What the start found out, so that it need not be found out again.
    private string? _refusedTrampoline;

    /// <summary>Starts a sensor that stayed off since nothing used it. One caller at a time; takes as long as the verifier does.</summary>
    /// <returns>False when there is nothing to start: it runs, failed, is switched off, or there is none of that name.</returns>
    /// <remarks>Errors: none; the sensor's status says what went wrong.</remarks>
    internal bool Add(string name)
    {
        int at = Array.FindIndex(_sensors, sensor => sensor.Status.Name == name);
        if (at < 0 || _addition is null || _sensors[at].Status.State != SensorState.Disabled || _addition.Options.DisabledSensors.Contains(name))
        {
            return false;
        }

        Sensor sensor = Start(_addition.Definitions[at], _addition);
        _sensors = [.. _sensors[..at], sensor, .. _sensors[(at + 1)..]];
        Renew(_addition.Logger);
        Report(sensor.Status, _addition.Logger);
        return true;
    }

    private Sensor Start(SensorDefinition definition, Addition addition)
    {
        try
        {
            using SafeFileHandle? cgroupRoot = OpenCgroupRoot(addition.Options, addition.Logger);
            using var types = new KernelTypes();
            var kernel = new SensorKernel(addition.Open, Maps, types, _dispatches, cgroupRoot) { RefusedTrampoline = _refusedTrampoline };
            Sensor sensor = Sensor.Start(definition, addition.Options.Variants.GetValueOrDefault(definition.Name), kernel);
            return Handover?.Pin(sensor) ?? sensor;
        }
        catch (Exception exception) when (exception is BpfException or InvalidOperationException)
        {
            return Sensor.Unusable(definition, exception.Message);
        }
    }

    // Without it the sensor works, but the next agent starts it anew.
    private void Renew(ILogger logger)
    {
        try
        {
            Handover?.Renew(Statuses);
        }
        catch (Exception exception) when (exception is BpfException or IOException)
        {
            Log.PinProblem(logger, exception.Message);
        }
    }

    private sealed record Addition(SensorDefinition[] Definitions, Func<string, BpfObject> Open, BpfOptions Options, ILogger Logger);
}
