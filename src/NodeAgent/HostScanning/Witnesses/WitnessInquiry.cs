// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Questions of a scan to the event loop, each of the list with its own time from which on it asks.</summary>
internal sealed class WitnessInquiry(IReadOnlyList<(IReadOnlyList<WitnessQuestion> Questions, DateTimeOffset Since)> questions)
{
    private readonly TaskCompletionSource<IReadOnlyList<WitnessAccount?>> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    // What was done just before the scan may still be in the rings: the tick after the next comes when they were read.
    private int _ticks = 2;

    public Task<IReadOnlyList<WitnessAccount?>> Answer => _answer.Task;

    public bool IsDue => --_ticks <= 0;

    public void SetAnswer(Func<IReadOnlyList<WitnessQuestion>, DateTimeOffset, WitnessAccount?> find) =>
        _answer.TrySetResult([.. questions.Select(one => one.Questions.Count == 0 ? null : find(one.Questions, one.Since))]);
}
