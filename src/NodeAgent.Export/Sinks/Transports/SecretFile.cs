// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Export.Sinks.Transports;

/// <summary>A secret in a file, which is read again after a minute, and at once when it was found wrong: secrets are rotated. Thread-safe.</summary>
internal sealed class SecretFile(string path, TimeProvider time)
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly Lock _lock = new();
    private string? _secret;
    private long _readAt;

    /// <returns>The file's text without white space around it.</returns>
    /// <exception cref="IOException">It was never readable.</exception>
    public string Read()
    {
        lock (_lock)
        {
            if (_secret is null || time.GetElapsedTime(_readAt) > Lifetime)
            {
                try
                {
                    _secret = Checked(File.ReadAllText(path).Trim());
                    _readAt = time.GetTimestamp();
                }
                catch (Exception error) when (error is IOException or UnauthorizedAccessException)
                {
                    // A rotated file may be gone for a moment; the secret before it may still be good.
                    if (_secret is null)
                    {
                        throw new IOException($"Cannot read the secret in {path}: {error.Message}", error);
                    }
                }
            }

            return _secret;
        }
    }

    // A header cannot hold it, and the error of whoever tried would show it.
    private string Checked(string secret) =>
        secret.Any(char.IsControl) ? throw new IOException($"The secret in {path} holds a control character") : secret;

    public void Forget()
    {
        lock (_lock)
        {
            _secret = null;
        }
    }
}
