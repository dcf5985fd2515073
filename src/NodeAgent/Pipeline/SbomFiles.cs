// SPDX-License-Identifier: Apache-2.0
using System.Threading.Channels;
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.Output;

namespace NodeAgent.Pipeline;

/// <summary>The files of images as the SBOMs in the storage tell: each is asked for when something was first learned of its image.</summary>
/// <remarks>An image without an SBOM is asked for again from time to time while profiles of it change; one SBOM at a time, since each is tens of MB.</remarks>
internal sealed class SbomFiles : IImageFiles, IAsyncDisposable
{
    // Units: images. With 20,000 files each they take 20 MB.
    private const int MaxImages = 128;

    private static readonly TimeSpan Again = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromSeconds(30);

    private readonly StorageClient _client;
    private readonly ProfileLearner _learner;
    private readonly ILogger _logger;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly Dictionary<string, ImageRecord> _images = new(StringComparer.Ordinal);
    private readonly Channel<string> _wanted = Channel.CreateBounded<string>(new BoundedChannelOptions(MaxImages) { FullMode = BoundedChannelFullMode.Wait });
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _reading;
    private bool _isRefused;

    /// <param name="client">The owner's.</param>
    public SbomFiles(StorageClient client, ProfileLearner learner, ILogger logger, TimeProvider time)
    {
        _client = client;
        _learner = learner;
        _logger = logger;
        _time = time;
        _reading = Task.Run(ReadAsync);
        learner.Use(this);
    }

    public LiteralPaths FilesOf(string key, string imageTag, string imageDigest)
    {
        if (!Slug.TryImage(imageTag, imageDigest, out string slug))
        {
            return LiteralPaths.None;
        }

        lock (_lock)
        {
            if (!_images.TryGetValue(slug, out ImageRecord? image))
            {
                if (_images.Count >= MaxImages)
                {
                    _images.Clear();
                }

                _images[slug] = image = new ImageRecord();
            }

            if (image.Files is { } files)
            {
                return files;
            }

            image.Profiles.Add(key);
            if (image.IsDue(_time) && _wanted.Writer.TryWrite(slug))
            {
                image.Ask(_time, Again);
            }

            return LiteralPaths.None;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _reading.ConfigureAwait(false);
        _stop.Dispose();
    }

    private async Task ReadAsync()
    {
        try
        {
            await foreach (string slug in _wanted.Reader.ReadAllAsync(_stop.Token).ConfigureAwait(false))
            {
                await ReadAsync(slug).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
        }
    }

    private async Task ReadAsync(string slug)
    {
        ApiObject? sbom = null;
        try
        {
            sbom = await _client.GetAsync(SbomSyft.Plural, SbomSyft.ImagesNamespace, slug, _stop.Token).ConfigureAwait(false);
        }
        catch (StorageException error)
        {
            Postpone(slug);
            if (!error.IsTransient && !_isRefused)
            {
                _isRefused = true;
                Log.SbomRefused(_logger, slug, error.Message);
            }
        }

        if (sbom is null)
        {
            return;
        }

        LiteralPaths files = SbomPaths.Read(sbom.Json.Span);
        string[] profiles = [];
        lock (_lock)
        {
            if (_images.TryGetValue(slug, out ImageRecord? image))
            {
                image.Files = files;
                profiles = [.. image.Profiles];
                image.Profiles.Clear();
            }
        }

        Log.SbomRead(_logger, slug, files.Count);
        Array.ForEach(profiles, _learner.MarkDirty);
    }

    private void Postpone(string slug)
    {
        lock (_lock)
        {
            _images.GetValueOrDefault(slug)?.Ask(_time, AfterFailure);
        }
    }

    private sealed class ImageRecord
    {
        private long? _askedAt;
        private TimeSpan _pause;

        /// <summary>Null: no SBOM is known yet.</summary>
        public LiteralPaths? Files { get; set; }

        public HashSet<string> Profiles { get; } = new(StringComparer.Ordinal);

        public bool IsDue(TimeProvider time) => _askedAt is not { } asked || time.GetElapsedTime(asked) >= _pause;

        /// <param name="pause">How long it is not asked for again.</param>
        public void Ask(TimeProvider time, TimeSpan pause) => (_askedAt, _pause) = (time.GetTimestamp(), pause);
    }
}
