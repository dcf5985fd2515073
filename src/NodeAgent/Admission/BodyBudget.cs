// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Admission;

/// <summary>Bounds what all bodies that are being read hold together. Any thread.</summary>
/// <param name="most">Units: bytes.</param>
internal sealed class BodyBudget(long most)
{
    private long _held;

    public bool TryTake(int bytes)
    {
        if (Interlocked.Add(ref _held, bytes) <= most)
        {
            return true;
        }

        Interlocked.Add(ref _held, -bytes);
        return false;
    }

    public void GiveBack(int bytes) => Interlocked.Add(ref _held, -bytes);
}
