// SPDX-License-Identifier: Apache-2.0
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace NodeAgent.HostScan.Sensors;

/// <summary>Reads one kind of thing about the host.</summary>
public abstract class HostSensor
{
    /// <summary>Shape: the kind of its object, <c>KernelVersion</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Shape: the name by which conditions of checks ask it, <c>kernel</c>.</summary>
    public abstract string Variable { get; }

    /// <summary>Whether there is something to tell on every host; else a document without content means that the host has no such thing.</summary>
    public virtual bool IsEverywhere => true;

    /// <summary>Whether it reads so much that scans which follow each other closely tell what it told before (<see cref="Scanning.HostScanner"/>).</summary>
    public virtual bool IsCostly => false;

    /// <summary>What it read, as the object's spec; null = the host has no such thing.</summary>
    /// <remarks>Errors: what could not be read is said to the run. What it throws becomes the status of its document; the other sensors go on.</remarks>
    internal abstract JsonElement? ReadSpec(SensorRun run);
}

/// <summary>A sensor whose document has this spec.</summary>
/// <param name="type">How the spec is written.</param>
public abstract class HostSensor<TSpec>(JsonTypeInfo<TSpec> type) : HostSensor
    where TSpec : class
{
    /// <returns>Null = the host has no such thing.</returns>
    protected abstract TSpec? Read(SensorRun run);

    internal sealed override JsonElement? ReadSpec(SensorRun run) => Read(run) is { } spec ? JsonSerializer.SerializeToElement(spec, type) : null;
}
