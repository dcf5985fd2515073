// SPDX-License-Identifier: Apache-2.0
using NodeAgent.Integrity.Digests;

namespace NodeAgent.Integrity.Looking;

/// <summary>What came of looking at a file as a process sees it.</summary>
/// <param name="Image">What the container's image has there; null = nobody knows.</param>
/// <param name="Follow">The number by which later writes are told, <see cref="NotFollowed"/>, or <see cref="CannotFollow"/>.</param>
internal readonly record struct ProcessLook(Look Look, Look? Image = null, int Follow = ProcessLook.NotFollowed)
{
    /// <summary>Nobody asked for it, or there is no such file.</summary>
    public const int NotFollowed = -1;

    /// <summary>The machine allows no more.</summary>
    public const int CannotFollow = -2;

    public static ProcessLook Late => new(new Look(LookOutcome.Late, null));
}
