// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Api.Alerts;

/// <summary>The contents of the file that an alert is about, as they were right after it.</summary>
/// <param name="Path">Shape: as the process saw it.</param>
/// <param name="Sha256">Shape: 64 lower-case hex digits.</param>
public sealed record AlertFileHash(string Path, string Sha256, long SizeBytes);
