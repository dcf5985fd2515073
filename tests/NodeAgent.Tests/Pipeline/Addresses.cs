// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Events.Net;

namespace NodeAgent.Tests.Pipeline;

internal static class Addresses
{
    public static NetAddress Of(string text) => NetAddress.TryParse(text, out NetAddress address) ? address : throw new FormatException(text);
}
