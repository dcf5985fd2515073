// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cel.Syntax;

/// <summary>Ends the reading of a text that is no expression; <see cref="CelEnvironment"/> turns it into an issue.</summary>
internal sealed class CelSyntaxException(int offset, string message) : Exception(message)
{
    public int Offset { get; } = offset;
}
