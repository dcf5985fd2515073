// SPDX-License-Identifier: Apache-2.0
using System.Text;

namespace NodeAgent.Profiles.Learning;

/// <summary>HTTP methods as bits: those that the probes know.</summary>
/// <remarks>Source: RFC 9110 9.3, RFC 5789. The order is in checkpoints: append only.</remarks>
internal static class HttpMethods
{
    /// <summary>Units: bits.</summary>
    public const int Count = 9;

    public const uint All = (1u << Count) - 1;

    private static readonly string[] Names = ["GET", "HEAD", "POST", "PUT", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH"];
    private static readonly byte[][] Texts = [.. Names.Select(Encoding.ASCII.GetBytes)];

    /// <returns>One bit; 0 = no method that is known.</returns>
    public static uint ToBit(ReadOnlySpan<byte> method)
    {
        for (int i = 0; i < Texts.Length; i++)
        {
            if (method.SequenceEqual(Texts[i]))
            {
                return 1u << i;
            }
        }

        return 0;
    }

    /// <param name="names">Of either case; those that are not known count for nothing.</param>
    public static uint OfNames(IEnumerable<string> names) =>
        names.Aggregate(0u, static (mask, name) => mask | ToBit(Encoding.ASCII.GetBytes(name.ToUpperInvariant())));

    /// <returns>Sorted; bits that are no method's are left out.</returns>
    public static string[] ToNames(uint mask) =>
        [.. Names.Where((_, i) => (mask >> i & 1) != 0).Order(StringComparer.Ordinal)];
}
