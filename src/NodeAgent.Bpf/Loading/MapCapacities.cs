// SPDX-License-Identifier: Apache-2.0
using System.Numerics;
using NodeAgent.Interop.Maps;
using NodeAgent.Interop.Objects;

namespace NodeAgent.Bpf.Loading;

/// <summary>How many entries the hash maps get on this machine: seen sets, budgets, owners of sockets, losses by container.</summary>
/// <remarks>
/// What a probe declares is right for <see cref="DeclaredForBytes"/> of memory. The kernel takes the memory of most hash maps at
/// once, on the account of this process, so a small limit shrinks them; a large one lets them remember more.
/// </remarks>
internal readonly record struct MapCapacities
{
    // Small maps are as large as what they index: classes, slots, settings.
    private const uint LeastScaled = 1024;
    private const uint LeastEntries = 256;
    private const uint MostEntries = 1 << 20;
    private const long DeclaredForBytes = 4L << 30;
    private const int LeastShift = -3;
    private const int MostShift = 1;

    private readonly int _shift;

    private MapCapacities(int shift)
    {
        _shift = shift;
    }

    /// <summary>By how much the declared sizes are multiplied: a power of two between an eighth and two.</summary>
    internal double Factor => double.ScaleB(1, _shift);

    /// <param name="memoryBytes">Units: bytes this process may use: the machine's, or the limit of its container.</param>
    internal static MapCapacities For(long memoryBytes)
    {
        int steps = BitOperations.Log2((ulong)Math.Max(memoryBytes, 1)) - BitOperations.Log2((ulong)DeclaredForBytes);
        return new MapCapacities(Math.Clamp(steps, LeastShift, MostShift));
    }

    /// <returns>Units: entries.</returns>
    internal uint Of(MapType type, uint declaredEntries)
    {
        if (type is not (MapType.Hash or MapType.LruHash or MapType.PerCpuHash or MapType.LruPerCpuHash) || declaredEntries < LeastScaled)
        {
            return declaredEntries;
        }

        ulong scaled = _shift >= 0 ? (ulong)declaredEntries << _shift : declaredEntries >> -_shift;
        return (uint)Math.Clamp(scaled, LeastEntries, Math.Max(MostEntries, declaredEntries));
    }

    /// <summary>Sizes the maps of an opened object that it does not share.</summary>
    internal void ApplyTo(BpfMap map)
    {
        uint entries = Of(map.Type, map.MaxEntries);
        if (entries != map.MaxEntries)
        {
            map.SetMaxEntries(entries);
        }
    }
}
