// SPDX-License-Identifier: Apache-2.0
using Microsoft.Extensions.Logging;
using NodeAgent.Api.Json;
using NodeAgent.Api.Names;
using NodeAgent.Api.SoftwareComposition;
using NodeAgent.Export.Storage;
using NodeAgent.Kubernetes.Configuration;
using NodeAgent.Kubernetes.Models;
using NodeAgent.Profiles.Generalizing;
using NodeAgent.Profiles.Learning;
using NodeAgent.Profiles.UserManaged;

namespace NodeAgent.UserManaged;

/// <summary>Follows what people write in the storage, profiles and how far learned ones are generalised, and hands it to the learner as it changes.</summary>
internal sealed class UserProfileWatch : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly Kubernetes.Kubernetes _client;
    private readonly StorageClient _storage;
    private readonly ProfileLearner _learner;
    private readonly ILogger _logger;
    private readonly SemaphoreSlim _news = new(0, 1);
    private readonly CancellationTokenSource _stop = new();
    private readonly UserObjects<ContainerProfile> _authored;
    private readonly UserObjects<ApplicationProfile> _applications;
    private readonly UserObjects<NetworkNeighborhood> _networks;
    private readonly UserObjects<CollapseConfiguration> _collapse;
    private readonly Task _running;
    private CollapseConfiguration? _used;

    /// <param name="configuration">Of the storage. Taken over.</param>
    /// <param name="storage">Stays the caller's.</param>
    public UserProfileWatch(KubernetesClientConfiguration configuration, StorageClient storage, ProfileLearner learner, ILogger logger, TimeProvider time)
    {
        _client = new Kubernetes.Kubernetes(configuration);
        _storage = storage;
        _learner = learner;
        _logger = logger;
        ApiJsonContext json = ApiJsonContext.Readable;
        _authored = Objects(ContainerProfile.Plural, json.ContainerProfile, metadata => metadata.Annotations?.ContainsKey(KubescapeAnnotations.Status) != true, time);
        _applications = Objects(ApplicationProfile.Plural, json.ApplicationProfile, IsOverlay, time);
        _networks = Objects(NetworkNeighborhood.Plural, json.NetworkNeighborhood, IsOverlay, time);
        _collapse = Objects(CollapseConfiguration.Plural, json.CollapseConfiguration, metadata => metadata.Name == CollapseConfiguration.DefaultName, time);
        _running = Task.WhenAll(
            Task.Run(() => _authored.Reflector.RunAsync(_stop.Token)),
            Task.Run(() => _applications.Reflector.RunAsync(_stop.Token)),
            Task.Run(() => _networks.Reflector.RunAsync(_stop.Token)),
            Task.Run(() => _collapse.Reflector.RunAsync(_stop.Token)),
            Task.Run(FollowAsync));
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _client.Dispose();
        _news.Dispose();
        _stop.Dispose();
    }

    private static bool IsOverlay(V1ObjectMeta metadata) => UserProfiles.IsOverlay(metadata.Name, metadata.Annotations);

    private UserObjects<T> Objects<T>(string plural, System.Text.Json.Serialization.Metadata.JsonTypeInfo<T> type, Func<V1ObjectMeta, bool> isWanted, TimeProvider time)
        where T : class =>
        new(_client, SoftwareCompositionGroup.Name, SoftwareCompositionGroup.Version, plural, type, isWanted, Changed, _logger, time);

    private void Changed()
    {
        try
        {
            _news.Release();
        }
        catch (SemaphoreFullException)
        {
            // It is known already.
        }
    }

    private async Task FollowAsync()
    {
        bool failed = false;
        try
        {
            while (true)
            {
                await _news.WaitAsync(_stop.Token).ConfigureAwait(false);
                try
                {
                    await ReadAsync().ConfigureAwait(false);
                    failed = false;
                }
                catch (StorageException error)
                {
                    if (!failed)
                    {
                        Log.UserProfilesUnreadable(_logger, error.Message);
                    }

                    failed = true;
                    await Task.Delay(Pause, _stop.Token).ConfigureAwait(false);
                    Changed();
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Stopped.
        }
    }

    private async Task ReadAsync()
    {
        await _authored.ReadAsync(_storage, _stop.Token).ConfigureAwait(false);
        await _applications.ReadAsync(_storage, _stop.Token).ConfigureAwait(false);
        await _networks.ReadAsync(_storage, _stop.Token).ConfigureAwait(false);
        _learner.Use(new UserProfiles(_authored.Items, _applications.Items, _networks.Items));
        int authored = _authored.Items.Count(UserProfiles.IsAuthored);
        int overlays = _applications.Items.Count() + _networks.Items.Count();
        if (authored + overlays > 0)
        {
            Log.UserProfilesRead(_logger, authored, overlays);
        }

        await _collapse.ReadAsync(_storage, _stop.Token).ConfigureAwait(false);
        UseRules(_collapse.Items.SingleOrDefault());
    }

    private void UseRules(CollapseConfiguration? configuration)
    {
        if (ReferenceEquals(configuration, _used))
        {
            return;
        }

        _used = configuration;
        _learner.Use(CollapseRules.Of(configuration, (field, problem) =>
            Log.FieldRefused(_logger, CollapseConfiguration.Plural, CollapseConfiguration.DefaultName, field, problem)));
        Log.CollapseRulesRead(_logger, CollapseConfiguration.DefaultName, configuration is null ? "is not there: what is built in holds" : "is used");
    }
}
