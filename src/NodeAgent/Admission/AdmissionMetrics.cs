// SPDX-License-Identifier: Apache-2.0
using System.Diagnostics.Metrics;

namespace NodeAgent.Admission;

/// <summary>Counts of the admission endpoint. Any thread.</summary>
internal sealed class AdmissionMetrics : IDisposable
{
    private static readonly string[] KindNames = ["exec", "portforward", "other"];
    private static readonly string[] OutcomeNames = ["taken", "dropped", "repeated", "dry_run"];
    private static readonly string[] SourceNames = ["node", "api_server", "nobody"];
    private static readonly string[] Reasons = ["certificate", "400", "404", "405", "408", "413", "415", "503", "other"];

    private readonly Meter _meter = new("NodeAgent.Admission");
    private readonly long[] _requests = new long[KindNames.Length * OutcomeNames.Length];
    private readonly long[] _refused = new long[Reasons.Length];
    private readonly long[] _pods = new long[SourceNames.Length];

    /// <param name="waiting">Requests on their way to the rules.</param>
    public AdmissionMetrics(Func<int> waiting)
    {
        _meter.CreateObservableCounter("node_agent_admission_requests_total", Requests, null, "Requests that the API server asked about, by what they are for and what became of them; each was allowed");
        _meter.CreateObservableCounter("node_agent_admission_refused_total", () => Series(_refused, Reasons, "reason"), null, "What came to the admission endpoint and was no review, by status");
        _meter.CreateObservableCounter("node_agent_admission_pods_total", () => Series(_pods, SourceNames, "source"), null, "Pods that requests named, by who told whose they are");
        _meter.CreateObservableGauge("node_agent_admission_queue_length", waiting, null, "Requests on their way to the rules");
    }

    public void Count(AdmissionKind kind, AdmissionOutcome outcome) => Interlocked.Increment(ref _requests[((int)kind * OutcomeNames.Length) + (int)outcome]);

    public void CountPod(PodSource source) => Interlocked.Increment(ref _pods[(int)source]);

    public void CountRefused(int status)
    {
        int at = Array.IndexOf(Reasons, status.ToString(System.Globalization.CultureInfo.InvariantCulture));
        Interlocked.Increment(ref _refused[at < 0 ? Reasons.Length - 1 : at]);
    }

    /// <summary>A caller whose certificate is not of the authority.</summary>
    public void CountStranger() => Interlocked.Increment(ref _refused[0]);

    public void Dispose() => _meter.Dispose();

    private IEnumerable<Measurement<long>> Requests()
    {
        for (int at = 0; at < _requests.Length; at++)
        {
            yield return new(Volatile.Read(ref _requests[at]), new("kind", KindNames[at / OutcomeNames.Length]), new("outcome", OutcomeNames[at % OutcomeNames.Length]));
        }
    }

    private static IEnumerable<Measurement<long>> Series(long[] counts, string[] names, string label)
    {
        for (int at = 0; at < counts.Length; at++)
        {
            yield return new(Volatile.Read(ref counts[at]), new KeyValuePair<string, object?>(label, names[at]));
        }
    }
}
