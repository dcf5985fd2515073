// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Storage.Tests;

/// <summary>A clock that is set; timers are the system's.</summary>
internal sealed class ManualTime(DateTimeOffset start) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = start;

    public override DateTimeOffset GetUtcNow() => Now;
}
