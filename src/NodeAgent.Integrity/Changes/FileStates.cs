// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Digests;

namespace NodeAgent.Integrity.Changes;

/// <summary>What a file was and is.</summary>
/// <param name="Before">Null: it was not there, or nobody knows.</param>
/// <param name="After">What came of looking.</param>
/// <param name="Image">Null: the image has none, or nobody knows.</param>
internal readonly record struct FileStates(FileState? Before, Look After, FileState? Image);
