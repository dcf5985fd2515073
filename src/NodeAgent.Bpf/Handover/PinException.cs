// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Bpf.Handover;

/// <summary>The pin path cannot be used. The message is one line that says why and what to do.</summary>
public sealed class PinException(string message) : Exception(message);
