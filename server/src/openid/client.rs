//! One provider as the library knows it, with claims of any name.

use super::claims::OtherClaims;
use super::{SignInFailure, untrusted};
use crate::store::providers::KeptProvider;
use openidconnect::core::{
    CoreAuthDisplay, CoreAuthPrompt, CoreClientAuthMethod, CoreErrorResponseType, CoreGenderClaim, CoreJsonWebKey,
    CoreJweContentEncryptionAlgorithm, CoreJwsSigningAlgorithm, CoreProviderMetadata, CoreRevocableToken,
    CoreRevocationErrorResponse, CoreTokenIntrospectionResponse, CoreTokenType,
};
use openidconnect::{
    AuthType, Client, ClientId, ClientSecret, EmptyExtraTokenFields, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    IdTokenFields, IdTokenVerifier, RedirectUrl, StandardErrorResponse, StandardTokenResponse,
};

type Tokens = StandardTokenResponse<
    IdTokenFields<
        OtherClaims,
        EmptyExtraTokenFields,
        CoreGenderClaim,
        CoreJweContentEncryptionAlgorithm,
        CoreJwsSigningAlgorithm,
    >,
    CoreTokenType,
>;

pub type ProviderClient = Client<
    OtherClaims,
    CoreAuthDisplay,
    CoreGenderClaim,
    CoreJweContentEncryptionAlgorithm,
    CoreJsonWebKey,
    CoreAuthPrompt,
    StandardErrorResponse<CoreErrorResponseType>,
    Tokens,
    CoreTokenIntrospectionResponse,
    CoreRevocableToken,
    CoreRevocationErrorResponse,
    EndpointSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointNotSet,
    EndpointMaybeSet,
    EndpointMaybeSet,
>;

pub type TokenVerifier<'a> = IdTokenVerifier<'a, CoreJsonWebKey>;

/// A provider that sends people back to `callback`.
pub fn provider_client(
    described: &CoreProviderMetadata,
    provider: &KeptProvider,
    callback: &str,
) -> Result<ProviderClient, SignInFailure> {
    let callback = RedirectUrl::new(callback.to_owned()).map_err(untrusted)?;
    let id = ClientId::new(provider.client_id.clone());
    let secret = provider.client_secret.clone().map(ClientSecret::new);
    let client = ProviderClient::from_provider_metadata(described.clone(), id, secret).set_redirect_uri(callback);
    // In the head unless the provider says that it looks for it in the body alone.
    let methods = described.token_endpoint_auth_methods_supported();
    let takes = |method| methods.is_none_or(|methods| methods.contains(&method));
    let is_in_head = takes(CoreClientAuthMethod::ClientSecretBasic) || !takes(CoreClientAuthMethod::ClientSecretPost);
    Ok(client.set_auth_type(if is_in_head { AuthType::BasicAuth } else { AuthType::RequestBody }))
}

/// What checks its tokens: signed by it, for us. A token without a signature is none.
pub fn token_verifier<'a>(client: &'a ProviderClient, described: &CoreProviderMetadata) -> TokenVerifier<'a> {
    let signed = described.id_token_signing_alg_values_supported().iter();
    client
        .id_token_verifier()
        .set_allowed_algs(signed.filter(|algorithm| **algorithm != CoreJwsSigningAlgorithm::None).cloned())
}
