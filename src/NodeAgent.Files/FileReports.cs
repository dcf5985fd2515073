// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Files;

/// <summary>Whom what becomes of followed files is told to: each program has log lines of its own for it.</summary>
/// <param name="Reloaded">Given the files, by comma.</param>
/// <param name="Unusable">Given the files and the reason.</param>
public sealed record FileReports(Action<string> Reloaded, Action<string, string> Unusable);
