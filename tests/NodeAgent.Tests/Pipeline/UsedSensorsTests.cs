// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Bpf.Loading;
using NodeAgent.Pipeline;
using NodeAgent.Rules.Expressions;

namespace NodeAgent.Tests.Pipeline;

public sealed class UsedSensorsTests
{
    private static readonly string[] Catalog = [.. SensorCatalog.All.Select(sensor => sensor.Name)];

    [Fact]
    public void Of_All_IsEverySensor() => Assert.Equal(Catalog.Order(StringComparer.Ordinal), UsedSensors.Of(TraceKind.All).Order(StringComparer.Ordinal));

    [Fact]
    public void Agent_Sensors_AreOfTheCatalog() => Assert.Empty(UsedSensors.Agent(Enum.GetValues<RuleEventType>()).Except(Catalog));

    [Fact]
    public void Agent_WithoutRules_IsWhatProfilesTake() =>
        Assert.Equal("cgroup process file tcp udp dns payload capability syscalls", string.Join(' ', UsedSensors.Agent([])));

    [Fact]
    public void Agent_WithRules_IsAlsoWhatTheyLookAt() =>
        Assert.Equal(["process_calls", "privilege"], UsedSensors.Agent([RuleEventType.Unshare, RuleEventType.Bpf, RuleEventType.Kmod, RuleEventType.Open]).Except(UsedSensors.Agent([])));

    [Fact]
    public void Agent_ThatLooksForDrift_SeesWhoMakesIt() =>
        Assert.Equal(["file_change", "privilege"], UsedSensors.Agent([], looksForDrift: true).Except(UsedSensors.Agent([])));

    [Theory]
    [InlineData(TraceKind.Exit, "cgroup process")]
    [InlineData(TraceKind.Open, "cgroup process file")]
    [InlineData(TraceKind.Dns | TraceKind.File, "cgroup process dns file_change")]
    public void Of_Kinds_IsWhatTheyShowAndWhoseTheyAre(TraceKind kinds, string expected) =>
        Assert.Equal(expected, string.Join(' ', UsedSensors.Of(kinds)));
}
