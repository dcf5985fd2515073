// SPDX-License-Identifier: Apache-2.0
namespace NodeAgent.Kubernetes.Authentication;

/// <summary>A token in a file that somebody replaces before it expires: the kubelet does so with those of service accounts.</summary>
internal sealed class TokenFile(string path, TimeProvider time) : ITokenProvider
{
    private const long MaxBytes = 1 << 20;
    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private string? _token;
    private bool _isStale = true;
    private long _readAt;

    public ValueTask<string?> GetTokenAsync(CancellationToken cancellation)
    {
        lock (_lock)
        {
            if (_isStale || time.GetElapsedTime(_readAt) > Lifetime)
            {
                Read();
            }

            return new ValueTask<string?>(_token);
        }
    }

    public void Refuse()
    {
        lock (_lock)
        {
            _isStale = true;
        }
    }

    private void Read()
    {
        try
        {
            var file = new FileInfo(path);
            string text = file.Exists && file.Length > MaxBytes
                ? throw new IOException($"is larger than {MaxBytes} bytes")
                : File.ReadAllText(path).Trim();
            if (text.Length == 0 || text.AsSpan().ContainsAnyExceptInRange('!', '~'))
            {
                throw new IOException(text.Length == 0 ? "is empty" : "holds what no token can");
            }

            _token = text;
            _isStale = false;
            _readAt = time.GetTimestamp();
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // A rotated file may be gone for a moment; the token before it may still be good.
            if (_token is null)
            {
                throw new CredentialException($"token file {path}: {error.Message}", error);
            }
        }
    }
}
