// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using NodeAgent.HostScan.Roots;
using NodeAgent.HostScan.Sensors;

namespace NodeAgent.HostScan.Scanning;

/// <summary>Runs sensors over a host, one after the other, since a scan shall take one core for a short time and not all of them.</summary>
/// <remarks>One scan at a time, of the same host.</remarks>
/// <param name="sensorTime">After this a sensor is told to stop, and says what it has so far.</param>
/// <param name="costlyInterval">So long it is told what a costly sensor read, before it is asked again; zero = it is asked each time.</param>
public sealed class HostScanner(IReadOnlyList<HostSensor> sensors, TimeProvider time, TimeSpan sensorTime, TimeSpan costlyInterval = default)
{
    private readonly Dictionary<HostSensor, (HostDocument Document, long ReadAt)> _costly = [];

    /// <remarks>Errors: a sensor that fails says why in its document, and the others run.</remarks>
    /// <exception cref="OperationCanceledException">The whole scan was stopped.</exception>
    public HostScanResult Scan(HostRoot root, string node, CancellationToken stop)
    {
        ArgumentNullException.ThrowIfNull(root);
        (DateTimeOffset begin, long began) = (time.GetUtcNow(), time.GetTimestamp());
        var shared = new SharedReads(root);
        var documents = new List<HostDocument>(sensors.Count);
        foreach (HostSensor sensor in sensors)
        {
            stop.ThrowIfCancellationRequested();
            documents.Add(sensor.IsCostly ? RunNowAndThen(sensor, root, shared, node, stop) : Run(sensor, root, shared, node, stop));
        }

        return new HostScanResult(node, begin, time.GetElapsedTime(began), documents);
    }

    private HostDocument RunNowAndThen(HostSensor sensor, HostRoot root, SharedReads shared, string node, CancellationToken stop)
    {
        if (_costly.TryGetValue(sensor, out (HostDocument Document, long ReadAt) last) && time.GetElapsedTime(last.ReadAt) < costlyInterval)
        {
            return last.Document with { Took = TimeSpan.Zero, IsRemembered = true };
        }

        HostDocument document = Run(sensor, root, shared, node, stop);
        _costly[sensor] = (document, time.GetTimestamp());
        return document;
    }

    private HostDocument Run(HostSensor sensor, HostRoot root, SharedReads shared, string node, CancellationToken stop)
    {
        using var limit = new CancellationTokenSource(sensorTime, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, limit.Token);
        var run = new SensorRun(root, shared, node, either.Token);
        long began = time.GetTimestamp();
        JsonElement? spec = null;
        try
        {
            spec = sensor.ReadSpec(run);
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            run.Problem(string.Create(CultureInfo.InvariantCulture, $"took longer than {sensorTime.TotalSeconds:0.#} s"));
        }
#pragma warning disable CA1031 // a host may hold anything: what one sensor trips at is its own status, and no reason to lose the others
        catch (Exception e) when (e is not OperationCanceledException)
#pragma warning restore CA1031
        {
            Debug.WriteLine(e);
            run.Problem($"failed: {e.GetType().Name}: {e.Message}");
        }

        return new HostDocument(sensor.Kind, sensor.Variable, spec, run.Problems, time.GetElapsedTime(began));
    }
}
