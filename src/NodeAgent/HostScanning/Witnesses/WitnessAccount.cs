// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Api.Alerts;
using NodeAgent.Events.Identity;

namespace NodeAgent.HostScanning.Witnesses;

/// <summary>Who did it, as alerts tell it.</summary>
/// <param name="Act">When, what kind of act, and to what, as the process named it.</param>
/// <param name="Comm">Shape: name of the process.</param>
/// <param name="ExePath">Null = not known.</param>
/// <param name="CommandLine">Null = not known.</param>
internal sealed record WitnessAccount(AlertEvent Act, uint Pid, string Comm, string? ExePath, string? CommandLine, AlertProcessTree Tree, ContainerInfo Unit);
