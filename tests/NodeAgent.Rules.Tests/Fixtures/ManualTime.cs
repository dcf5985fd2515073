// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Rules.Tests.Fixtures;

internal sealed class ManualTime(DateTimeOffset now) : TimeProvider
{
    public DateTimeOffset Now { get; set; } = now;

    public override DateTimeOffset GetUtcNow() => Now;
}
