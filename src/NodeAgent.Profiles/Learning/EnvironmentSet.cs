// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Profiles.Learning;

/// <summary>Variables that programs were started with. Immutable; equal ones are shared.</summary>
/// <remarks>Shape: <c>NAME=VALUE</c>, or <c>NAME</c> for any value.</remarks>
internal sealed class EnvironmentSet : IEquatable<EnvironmentSet>
{
    private readonly int _hash;

    /// <param name="variables">Sorted, each once.</param>
    public EnvironmentSet(byte[][] variables)
    {
        Variables = variables;
        var hash = new HashCode();
        foreach (byte[] variable in variables)
        {
            hash.AddBytes(variable);
        }

        _hash = hash.ToHashCode();
    }

    public static EnvironmentSet Empty { get; } = new([]);

    /// <summary>Sorted by their bytes.</summary>
    public byte[][] Variables { get; }

    /// <returns>False when the variable, or its name for any value, is not there. No allocation.</returns>
    public bool Contains(ReadOnlySpan<byte> variable) =>
        Find(variable) >= 0 || (variable.IndexOf((byte)'=') is > 0 and int end && Find(variable[..end]) >= 0);

    public bool Equals(EnvironmentSet? other)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        if (other is null || other._hash != _hash || other.Variables.Length != Variables.Length)
        {
            return false;
        }

        for (int i = 0; i < Variables.Length; i++)
        {
            if (!Variables[i].AsSpan().SequenceEqual(other.Variables[i]))
            {
                return false;
            }
        }

        return true;
    }

    public override bool Equals(object? obj) => Equals(obj as EnvironmentSet);

    public override int GetHashCode() => _hash;

    private int Find(ReadOnlySpan<byte> variable)
    {
        int low = 0;
        int high = Variables.Length - 1;
        while (low <= high)
        {
            int middle = (low + high) / 2;
            int order = Variables[middle].AsSpan().SequenceCompareTo(variable);
            if (order == 0)
            {
                return middle;
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return -1;
    }
}
