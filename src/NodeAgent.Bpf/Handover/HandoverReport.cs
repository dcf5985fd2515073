// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Handover;

/// <summary>What was found at the pin path and what became of it.</summary>
/// <param name="Path">The pin path.</param>
/// <param name="Generation">Number of the generation that is used now.</param>
/// <param name="SensorsTakenOver">Sensors whose programs ran on without a gap and without being loaded again.</param>
/// <param name="OlderGenerations">Generations of other builds or settings whose rings are read to their end.</param>
/// <param name="LastReadNs">Units: boot ns. When the agent before this one last looked at the loss counters; 0 = there was none.</param>
/// <param name="WasSaved">Whether the agent before this one had written down all that it took from the rings.</param>
/// <param name="Problems">Pins that were expected and not found, or were not what they should be; one line each.</param>
public sealed record HandoverReport(
    string Path, int Generation, int SensorsTakenOver, int OlderGenerations, ulong LastReadNs, bool WasSaved, IReadOnlyList<string> Problems)
{
    /// <summary>Whether events of the time without an agent are there.</summary>
    public bool IsTakenOver => LastReadNs != 0;

    /// <summary>Whether nothing is missing between what that agent wrote down and what is read now, but for losses that are told as such.</summary>
    public bool IsWithoutGap => IsTakenOver && WasSaved && Problems.Count == 0;
}
