// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Cli;

/// <summary>A command cannot do what was asked; the message is the one line that the user sees.</summary>
public sealed class CommandException(string message) : Exception(message);
