// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Files;

/// <summary>A file of one frame: replaced whole, and known to be damaged when it is.</summary>
public static class FramedFile
{
    private const string Damaged = "it is damaged, or of another version";

    /// <param name="magic">Four bytes that name the kind.</param>
    /// <param name="maxBytes">Units: bytes; a longer file is none of ours.</param>
    /// <param name="take">Reads the payload; false = it is none that it knows.</param>
    /// <returns>Why it cannot be read; null = it was read, or there is none.</returns>
    public static string? Read(string path, ReadOnlySpan<byte> magic, int maxBytes, Func<byte[], bool> take)
    {
        ArgumentNullException.ThrowIfNull(take);
        try
        {
            if (!File.Exists(path))
            {
                return null;
            }

            byte[] bytes = new FileInfo(path).Length <= maxBytes ? File.ReadAllBytes(path) : [];
            return Frame.TryFind(bytes, magic, maxBytes, out ReadOnlySpan<byte> payload, out bool isSound) && isSound && take(payload.ToArray()) ? null : Damaged;
        }
        catch (Exception e) when (WholeFile.IsEnvironment(e))
        {
            return e.Message;
        }
    }

    /// <remarks>Errors: those of <see cref="WholeFile.Replace"/>.</remarks>
    public static void Replace(string path, ReadOnlySpan<byte> magic, ReadOnlyMemory<byte> payload)
    {
        byte[] header = new byte[Frame.HeaderSize];
        Frame.WriteHeader(header, magic, payload.Span);
        WholeFile.Replace(path, stream =>
        {
            stream.Write(header);
            stream.Write(payload.Span);
        });
    }
}
