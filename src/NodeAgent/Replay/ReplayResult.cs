// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Recording.Format;
using NodeAgent.Rules.Engine;

namespace NodeAgent.Replay;

/// <param name="Records">That were replayed.</param>
/// <param name="Malformed">Of these, those that did not decode.</param>
/// <param name="End">What the recorder said at the end; null = the file was cut off or is damaged.</param>
/// <param name="Damage">What is wrong with the file; null = nothing.</param>
/// <param name="Rules">What each rule was asked and said.</param>
/// <param name="Refused">Rules that do not compile, and why.</param>
internal sealed record ReplayResult(long Records, long Malformed, RecordingEnd? End, string? Damage, IReadOnlyList<RuleCounts> Rules, IReadOnlyList<string> Refused);
